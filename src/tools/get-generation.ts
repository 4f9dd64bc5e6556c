import * as z from 'zod'
import { generationOf } from '../generations/references.ts'
import { awaitEnd } from '../generations/wait.ts'
import { agentOf, failureText, publicError } from './failure.ts'
import { resultReference, waitSeconds } from './inputs.ts'
import { paidReply, shownTo, structuredResult } from './result.ts'
import { ShownResult } from './shown-shapes.ts'
import { defineTool } from './tool.ts'

export const getGeneration = defineTool({
  name: 'getGeneration',
  title: 'Get a generation',
  description:
    'Waits for a generation to end and shows its result, by its gen_… id. Free. Use it after an answer that says "running".',
  kind: 'fetches',
  scope: 'assets:read',
  input: z.strictObject({
    id: resultReference.describe('The gen_… id of a result.'),
    waitSeconds: waitSeconds.default(40).describe('0–45, default 40.'),
  }),
  output: ShownResult,
  async handle({ id: reference, waitSeconds: seconds }, call, services) {
    const { caller } = call
    const id = await generationOf(services.generations, caller, reference)
    const generation = await awaitEnd(services.generations, caller, id, seconds * 1000)
    if (generation.unheard) call.markReported?.(id)
    const shown = await shownTo(caller, { generation, replayed: false }, services)
    const { failure } = generation
    const { files } = services.generations
    if (failure === null) return await paidReply(shown, { preview: true, files })
    return {
      content: [
        {
          type: 'text',
          text: `${id} ${generation.status === 'unknown' ? 'is in doubt' : 'failed'} and cost nothing: ${failureText(failure, agentOf(caller))}`,
        },
      ],
      structured: { ...structuredResult(shown), error: publicError(failure, agentOf(caller)) },
    }
  },
})

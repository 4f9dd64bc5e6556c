import { z } from 'zod'
import { lookUp } from '../generations/wait.ts'
import { standing } from '../usage/standing.ts'
import { failureText, publicError } from './failure.ts'
import { resultId } from './inputs.ts'
import { paidReply, structuredResult } from './result.ts'
import { ShownResult } from './shown-shapes.ts'
import { defineTool } from './tool.ts'

export const getGeneration = defineTool({
  name: 'getGeneration',
  title: 'Get a generation',
  description:
    'Tells how a generation stands and where its files are, by its gen_… id. Free. Use it after an answer that says "running".',
  kind: 'fetches',
  scope: 'assets:read',
  input: z.strictObject({ id: resultId.describe('The gen_… id of a result.') }),
  output: ShownResult,
  async handle({ id }, { caller }, services) {
    const { db, now } = services.generations
    const generation = await lookUp(services.generations, caller, id)
    const shown = {
      generation,
      replayed: false,
      caller,
      mode: services.mode,
      standing: await db.read(() => standing(caller, now())),
    }
    const { failure } = generation
    if (failure === null) return await paidReply(shown, false)
    return {
      content: [
        {
          type: 'text',
          text: `${id} ${generation.status === 'running' ? 'is in doubt' : 'failed'} and cost nothing: ${failureText(failure)}`,
        },
      ],
      structured: { ...structuredResult(shown), error: publicError(failure) },
    }
  },
})

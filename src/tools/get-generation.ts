import { z } from 'zod'
import { generationOf } from '../generations/references.ts'
import { awaitEnd } from '../generations/wait.ts'
import { MAX_REFERENCE } from '../media/reference.ts'
import { standing } from '../usage/standing.ts'
import { failureText, publicError } from './failure.ts'
import { previewIfThere } from './preview.ts'
import { links, PaidResultShape, resultText, structuredResult } from './result.ts'
import { defineTool } from './tool.ts'

export const getGeneration = defineTool({
  name: 'getGeneration',
  title: 'Get a generation',
  description:
    'Waits for a generation to end and shows its result, by its gen_… id. Free. Use it after an answer that says "running".',
  kind: 'fetches',
  scope: 'assets:read',
  input: z.strictObject({
    id: z.string().min(5).max(MAX_REFERENCE).describe('The gen_… id of a result.'),
    waitSeconds: z
      .int()
      .min(0)
      .max(45)
      .default(40)
      .describe('How long to wait for its end, 0–45, default 40.'),
  }),
  output: PaidResultShape,
  async handle({ id: reference, waitSeconds }, call, services) {
    const { caller } = call
    const { db, now } = services.generations
    const id = await generationOf(services.generations, caller, reference)
    const generation = await awaitEnd(services.generations, caller, id, waitSeconds * 1000)
    if (generation.status === 'completed') call.tells?.(id)
    const shown = {
      generation,
      replayed: false,
      caller,
      mode: services.mode,
      standing: await db.read(() => standing(caller, now())),
    }
    const { failure } = generation
    if (failure === null) {
      return {
        content: [
          { type: 'text', text: resultText(shown) },
          ...links(shown),
          ...(await previewIfThere(generation.assets[0]?.path, 512)),
        ],
        structured: structuredResult(shown),
      }
    }
    return {
      content: [
        {
          type: 'text',
          text: `${id} ${generation.status === 'running' ? 'is in doubt' : 'failed'} and cost nothing: ${failureText(failure, caller)}`,
        },
      ],
      structured: { ...structuredResult(shown), error: publicError(failure, caller) },
    }
  },
})

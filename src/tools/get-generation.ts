import { z } from 'zod'
import { generationOf } from '../generations/references.ts'
import { lookUp } from '../generations/wait.ts'
import { MAX_REFERENCE } from '../media/reference.ts'
import { standing } from '../usage/standing.ts'
import { publicError } from './failure.ts'
import { links, PaidResultShape, resultText, structuredResult } from './result.ts'
import { defineTool } from './tool.ts'

export const getGeneration = defineTool({
  name: 'getGeneration',
  title: 'Get a generation',
  description:
    'Tells how a generation stands and where its files are, by its gen_… id. Free. Use it after an answer that says "running".',
  kind: 'fetches',
  scope: 'assets:read',
  input: z.strictObject({
    id: z.string().min(5).max(MAX_REFERENCE).describe('The gen_… id of a result.'),
  }),
  output: PaidResultShape,
  async handle({ id: reference }, { caller }, services) {
    const { db, now } = services.generations
    const id = await generationOf(services.generations, caller, reference)
    const generation = await lookUp(services.generations, caller, id)
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
        content: [{ type: 'text', text: resultText(shown) }, ...links(shown)],
        structured: structuredResult(shown),
      }
    }
    return {
      content: [
        {
          type: 'text',
          text: `${id} ${generation.status === 'running' ? 'is in doubt' : 'failed'} and cost nothing: ${failure.message} ${failure.hint}`,
        },
      ],
      structured: { ...structuredResult(shown), error: publicError(failure) },
    }
  },
})

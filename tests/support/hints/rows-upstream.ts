import { z } from 'zod'
import { answerOf, small, type ToolError } from '../../tools/support.ts'
import { startRaw } from '../clients.ts'
import { FAL_MODELS, type Fault, type FalModel } from '../../services/fal/emulator.ts'
import { done, saidBy, saidByCall, type Row, type Told } from './row.ts'
import type { Stage } from './stage.ts'

/** Long enough for any answer of a job, in milliseconds. */
const ANSWER_MS = 30_000

const failing = (fault: Fault) => ({ faults: [fault] })

/** A model of fal.ai that no list of ours has. */
const NEW_MODEL = {
  ...FAL_MODELS['fal-ai/flux/schnell'],
  fields: { prompt: z.string(), strength: z.number().max(1).optional() },
} as FalModel

/** What fal.ai refuses, loses or breaks off. */
export const UPSTREAM_ROWS: Row[] = [
  {
    code: 'content_refused',
    face: 'stdio',
    asked: 'what the model does not show',
    live: failing({ kind: 'modelError', type: 'content_policy_violation' }),
    hint: 'Change the prompt or the image and call again.',
    takes: 'Change the prompt',
    ends: 'the image, of another prompt',
    play: (stage) => again(stage, { prompt: 'a calmer sea' }),
  },
  {
    code: 'input_unreadable',
    face: 'stdio',
    asked: 'an image that the model cannot use',
    live: failing({ kind: 'modelError', type: 'image_too_small' }),
    hint: 'Use a PNG, JPEG or WebP of ordinary size.',
    takes: 'Use a PNG',
    ends: 'the image',
    play: (stage) => again(stage, {}),
  },
  {
    code: 'upstream_rejected',
    face: 'stdio',
    asked: 'a field that only fal.ai finds wrong',
    live: { models: { 'acme/new': NEW_MODEL } },
    hint: 'Change input.strength, leave out what is not required, or use another model. run with quoteOnly tells what the input of a listed model takes.',
    takes: 'Change input.strength',
    ends: 'the result',
    play: async (stage) => {
      const client = await stage.agent()
      const run = (strength: number) =>
        client.call('run', { model: 'acme/new', input: { prompt: 'a fox', strength } })
      return {
        ...saidBy('run', await run(9)),
        follow: async () => answerOf(await run(0.9)),
      }
    },
  },
  {
    code: 'upstream_rejected',
    face: 'stdio',
    asked: 'anything with a wrong key of the operator',
    live: {},
    settings: { FAL_KEY: 'wrong-key' },
    hint: 'Tell the operator, who must check the key at fal.ai/dashboard/keys. FAL_KEY holds it.',
    takes: 'Tell the operator',
    ends: 'a stop: the operator checks the key',
    isStop: true,
    play: refused,
  },
  {
    code: 'upstream_rejected',
    face: 'stdio',
    asked: 'anything with a wrong key of the user',
    live: {},
    settings: { INKWELL_FAL_KEY: 'wrong-key' },
    hint: 'Whoever owns the key must check it at fal.ai/dashboard/keys. INKWELL_FAL_KEY holds it.',
    takes: 'Whoever owns the key',
    ends: 'a stop: the user checks the key',
    isStop: true,
    play: refused,
  },
  {
    code: 'upstream_balance_exhausted',
    face: 'http',
    asked: 'anything while the account at fal.ai is locked',
    live: failing({ kind: 'locked' }),
    hint: 'Tell the operator; your credits are untouched.',
    takes: 'Tell the operator',
    ends: 'a stop: the operator tops it up',
    isStop: true,
    play: async (stage) => {
      const client = await stage.remote(await stage.key())
      return saidBy('generateImage', await client.call('generateImage', small))
    },
  },
  {
    code: 'upstream_balance_exhausted',
    face: 'stdio',
    asked: 'anything while the own account at fal.ai is locked',
    live: failing({ kind: 'locked' }),
    settings: { INKWELL_FAL_KEY: 'fal-emulator-key:0f3c9d' },
    hint: 'Top it up at fal.ai/dashboard/billing. FAL_KEY in place of INKWELL_FAL_KEY lets credits pay.',
    takes: 'FAL_KEY in place of INKWELL_FAL_KEY',
    ends: 'the image, paid with credits',
    play: async (stage) => {
      const told = await refused(stage)
      return {
        ...told,
        follow: async () => {
          const client = await stage.agent({ INKWELL_FAL_KEY: '' })
          answerOf(await client.call('generateImage', small))
        },
      }
    },
  },
  {
    code: 'upstream_unavailable',
    face: 'stdio',
    asked: 'anything while fal.ai is down',
    live: failing({ kind: 'modelError', type: 'internal_server_error', status: 500 }),
    hint: 'Try again in a minute.',
    takes: 'Try again',
    ends: 'the image',
    play: (stage) => again(stage, {}),
  },
  {
    code: 'upstream_unavailable',
    face: 'http',
    asked: 'anything, and the connection broke',
    live: failing({ kind: 'reset' }),
    hint: 'Nothing is charged. The price is held until it is known that no result comes, 15 minutes at most, and then comes back by itself. Call again for another job.',
    takes: 'Call again',
    ends: 'the image, of another job',
    play: async (stage) => {
      const client = await stage.remote(await stage.key())
      return {
        ...saidBy('generateImage', await client.call('generateImage', small)),
        follow: async () => answerOf(await client.call('generateImage', small)),
      }
    },
  },
  {
    code: 'upstream_timeout',
    face: 'stdio',
    asked: 'what took too long',
    live: failing({ kind: 'modelError', type: 'generation_timeout', status: 504 }),
    hint: 'Try again later, or use a faster model.',
    takes: 'Try again later',
    ends: 'the image',
    play: (stage) => again(stage, {}),
  },
  {
    code: 'no_output',
    face: 'stdio',
    asked: 'what came without an output',
    live: failing({ kind: 'noImages' }),
    hint: 'Try again, or change the prompt.',
    takes: 'Try again',
    ends: 'the image',
    play: (stage) => again(stage, {}),
  },
  {
    code: 'model_gone',
    face: 'http',
    asked: 'a listed model that is gone',
    hint: 'Use "…" instead.',
    takes: 'Use "…" instead',
    ends: 'the sound, by the successor',
    play: async (stage) => {
      const client = await stage.remote(await stage.key())
      const run = (model: string, input: object) => client.call('run', { model, input })
      const said = saidBy('run', await run('beatoven/sound-effect-generation', { prompt: 'rain' }))
      const successor = /"([^"]+)"/.exec(said.hint)?.[1] ?? ''
      return { ...said, follow: async () => answerOf(await run(successor, { text: 'rain' })) }
    },
  },
  {
    code: 'model_gone',
    face: 'call',
    asked: 'an endpoint that fal.ai does not have',
    live: {},
    hint: 'Did you mean "fal-ai/flux/schnell"? Leave model out for the default of this tool, or choose a listed one, such as fal-ai/flux/schnell, fal-ai/flux-2-flex, fal-ai/recraft/v4/text-to-image.',
    takes: 'Did you mean "fal-ai/flux/schnell"?',
    ends: 'the image',
    play: async (stage) => {
      const make = (model: string) =>
        stage.run(['call', 'generateImage', JSON.stringify({ ...small, model }), '--json'])
      return {
        ...saidByCall('generateImage', await make('fal-ai/flux/schnel')),
        follow: async () => done(await make('fal-ai/flux/schnell')),
      }
    },
  },
  {
    code: 'cancelled',
    face: 'stdio',
    asked: 'what was cancelled, by `getGeneration`',
    live: failing({ kind: 'stuck', in: 'IN_QUEUE' }),
    hint: 'Call the tool again if the result is still wanted.',
    takes: 'Call the tool again',
    ends: 'the image',
    play: async (stage) => {
      const id = await cancelledId(stage)
      const client = await stage.agent()
      const { structuredContent } = await client.call('getGeneration', { id })
      const { code, hint } = (structuredContent ?? {})['error'] as ToolError
      return {
        code,
        hint,
        tool: 'getGeneration',
        follow: async () => answerOf(await client.call('generateImage', small)),
      }
    },
  },
]

/** Fails once, and is done once the hint is followed. */
async function again(stage: Stage, change: object): Promise<Told> {
  const client = await stage.agent()
  return {
    ...saidBy('generateImage', await client.call('generateImage', small)),
    follow: async () => answerOf(await client.call('generateImage', { ...small, ...change })),
  }
}

async function refused(stage: Stage): Promise<Told> {
  const client = await stage.agent()
  return saidBy('generateImage', await client.call('generateImage', small))
}

/** Begins a call as a client that wants to hear of it, and cancels it. Answers the id it was told. */
async function cancelledId(stage: Stage): Promise<string> {
  const server = startRaw(stage.home)
  stage.keep(server)
  await server.initialize()
  const params = { name: 'generateImage', arguments: small, _meta: { progressToken: 'p' } }
  server.send({ id: 99, method: 'tools/call', params })
  const until = performance.now() + ANSWER_MS
  for (;;) {
    const id = server.lines.map((line) => /gen_[0-9a-f]+/.exec(line)?.[0]).find(Boolean)
    if (id !== undefined) {
      server.send({ method: 'notifications/cancelled', params: { requestId: 99 } })
      return id
    }
    if (performance.now() > until) throw new Error('the call told no id')
    await new Promise((resolve) => server.process.stdout?.once('data', resolve))
  }
}

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { answerOf, small } from '../../tools/support.ts'
import { plainPicture } from '../app.ts'
import { done, saidBy, saidByCall, type Row } from './row.ts'

/** Models that a tool does not take, and the model that it takes instead. */
export const MODEL_ROWS: Row[] = [
  {
    code: 'wrong_operation',
    face: 'stdio',
    asked: 'a model of another tool',
    hint: 'Call removeBackground with it, or leave model out for the default of this tool.',
    takes: 'Call removeBackground',
    ends: 'the cutout',
    play: async (stage) => {
      const client = await stage.agent()
      const model = 'fal-ai/birefnet'
      return {
        ...saidBy('generateImage', await client.call('generateImage', { ...small, model })),
        follow: async () =>
          answerOf(
            await client.call('removeBackground', { image: await plainPicture(stage.home), model }),
          ),
      }
    },
  },
  {
    code: 'wrong_operation',
    face: 'http',
    asked: '`run` with an image model',
    hint: 'Call generateImage with it, or give run one of its own, such as fal-ai/minimax/hailuo-02/standard/text-to-video, fal-ai/kling-video/v2.5-turbo/pro/text-to-video, fal-ai/kling-video/v3/pro/text-to-video.',
    takes: 'give run one of its own',
    ends: 'the price of a film',
    play: async (stage) => {
      const client = await stage.remote(await stage.key())
      const run = (model: string) =>
        client.call('run', { model, input: { prompt: 'a fox' }, quoteOnly: true })
      const said = saidBy('run', await run('fal-ai/flux-2-flex'))
      return { ...said, follow: async () => answerOf(await run(firstModel(said.hint))) }
    },
  },
  {
    code: 'price_unknown',
    face: 'stdio',
    asked: 'a model without a price',
    settings: { INKWELL_UNKNOWN_MODELS: 'refuse' },
    hint: 'Leave model out for the default of this tool, or choose a listed one, such as fal-ai/flux/schnell, fal-ai/flux-2-flex, fal-ai/recraft/v4/text-to-image. INKWELL_PRICES can give it a price; `inkwell pricing` lists the priced models.',
    takes: 'Leave model out',
    ends: 'the image, by the default; with a file named by `INKWELL_PRICES` also by that model',
    play: async (stage) => {
      const client = await stage.agent()
      const model = 'acme/new'
      return {
        ...saidBy('generateImage', await client.call('generateImage', { ...small, model })),
        follow: async () => {
          answerOf(await client.call('generateImage', small))
          const prices = join(stage.home.path, 'prices.json')
          writeFileSync(
            prices,
            JSON.stringify({ [model]: { usd: '0.07', operation: 'generateImage' } }),
          )
          const priced = await stage.agent({ INKWELL_PRICES: prices })
          answerOf(await priced.call('generateImage', { ...small, model }))
        },
      }
    },
  },
  {
    code: 'price_unknown',
    face: 'call',
    asked: '`run` with a model without a price',
    settings: { INKWELL_UNKNOWN_MODELS: 'refuse' },
    hint: 'Choose a listed model, such as fal-ai/minimax/hailuo-02/standard/text-to-video, fal-ai/kling-video/v2.5-turbo/pro/text-to-video, fal-ai/kling-video/v3/pro/text-to-video. INKWELL_PRICES can give it a price; `inkwell pricing` lists the priced models.',
    takes: '`inkwell pricing`',
    ends: 'the list has a model of `run`, and its result',
    play: async (stage) => {
      const run = (model: string) =>
        stage.run(['call', 'run', JSON.stringify({ model, input: { prompt: 'a fox' } }), '--json'])
      const said = saidByCall('run', await run('acme/new'))
      return {
        ...said,
        follow: async () => {
          const model = firstModel(said.hint)
          assert.ok(done(await stage.run(['pricing'])).includes(model))
          done(await run(model))
        },
      }
    },
  },
]

/** The first model that a hint names. */
function firstModel(hint: string): string {
  return /such as ([\w./-]+)/.exec(hint)?.[1] ?? ''
}

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { answerOf, cheap } from '../../tools/support.ts'
import { ACCOUNT, plainPicture } from '../app.ts'
import { done, saidBy, saidByCall, saidByCommand, saidOver, type Row } from './row.ts'
import type { Stage } from './stage.ts'

/** What is asked wrongly, and asked rightly after the hint. */
export const INPUT_ROWS: Row[] = [
  {
    code: 'invalid_input',
    face: 'stdio',
    asked: 'an argument that does not exist',
    hint: 'Correct the arguments and call again; there are prompt, model, imageSize, numImages, seed, outputFormat, negativePrompt, maxCostUsd, quoteOnly, idempotencyKey, saveAs, preview, waitSeconds.',
    takes: 'imageSize',
    ends: 'the image, with `imageSize`',
    play: async (stage) => {
      const client = await stage.agent()
      const wrong = { prompt: 'a calm sea', size: '64x64' }
      return {
        ...saidBy('generateImage', await client.call('generateImage', wrong)),
        follow: async () =>
          answerOf(
            await client.call('generateImage', { prompt: wrong.prompt, imageSize: wrong.size }),
          ),
      }
    },
  },
  {
    code: 'invalid_input',
    face: 'http',
    asked: 'a file path',
    hint: 'File paths are refused over HTTP. Give an https: URL, a data: URI of at most 10 MiB, or an asset_… or gen_… id of an earlier result.',
    takes: 'a data: URI',
    ends: 'the cutout, of a `data:` URI',
    play: async (stage) => {
      const client = await stage.remote(await stage.key())
      const image = await plainPicture(stage.home)
      const cut = (reference: string) => client.call('removeBackground', { image: reference })
      return {
        ...saidBy('removeBackground', await cut(image)),
        follow: async () =>
          answerOf(await cut(`data:image/png;base64,${readFileSync(image, 'base64')}`)),
      }
    },
  },
  {
    code: 'invalid_input',
    face: 'call',
    asked: '`run` without what its model needs',
    hint: 'Add what is missing and call again; quoteOnly names all that the model takes.',
    takes: 'quoteOnly',
    ends: 'a quote that names `prompt`, then the result',
    play: async (stage) => {
      const model = 'fal-ai/veo3.1'
      const run = (args: object) =>
        stage.run(['call', 'run', JSON.stringify({ model, ...args }), '--json'])
      return {
        ...saidByCall('run', await run({ input: {} })),
        follow: async () => {
          assert.match(done(await run({ input: {}, quoteOnly: true })), /prompt/)
          done(await run({ input: { prompt: 'a calm sea' } }))
        },
      }
    },
  },
  {
    code: 'invalid_input',
    face: 'rest',
    asked: 'a parameter that does not exist',
    hint: 'GET /openapi.json has every parameter and its bounds.',
    takes: 'GET /openapi.json',
    ends: 'the document names `amount_usd`, and the purchase is open',
    play: async (stage) => {
      const key = await stage.key({ scopes: ['credits:buy'] })
      const buy = (json: object) => stage.ask('/v1/checkout', key, { json })
      return {
        ...saidOver(await buy({ amount: 10 })),
        follow: async () => {
          const { body } = await stage.ask('/openapi.json')
          assert.match(JSON.stringify(body['paths']), /"amount_usd":/)
          assert.equal((await buy({ amount_usd: 10 })).status, 200)
        },
      }
    },
  },
  {
    code: 'invalid_input',
    face: 'command',
    asked: '`inkwell keys update` without a change',
    hint: 'Name what is to be changed. `inkwell keys update --help` lists what can be.',
    takes: '`inkwell keys update --help`',
    ends: 'the help names `--name`, and the key has another one',
    play: async (stage) => {
      const id = await newKey(stage)
      return {
        ...saidByCommand(await stage.run(['keys', 'update', id])),
        follow: async () => {
          assert.match(done(await stage.run(['keys', 'update', '--help'])), /--name/)
          done(await stage.run(['keys', 'update', id, '--name', 'poster']))
        },
      }
    },
  },
  {
    code: 'invalid_input',
    face: 'command',
    asked: 'a change of a revoked key',
    hint: 'Issue a new one. `inkwell keys create --account …` does.',
    takes: '`inkwell keys create --account …`',
    ends: 'a new key',
    play: async (stage) => {
      const id = await newKey(stage)
      done(await stage.run(['keys', 'revoke', id]))
      const said = saidByCommand(await stage.run(['keys', 'update', id, '--name', 'poster']))
      const [, line = ''] = /`inkwell ([^`]+)`/.exec(said.hint) ?? []
      return { ...said, follow: async () => done(await stage.run(line.split(' '))) }
    },
  },
  {
    code: 'idempotency_conflict',
    face: 'stdio',
    asked: 'a used key with other arguments',
    hint: 'Repeat the first call exactly to get its result, or use another key for another image.',
    takes: 'Repeat the first call exactly',
    ends: 'the stored result; with another key another image',
    play: async (stage) => {
      const client = await stage.agent()
      const first = { ...cheap, idempotencyKey: 'hero' }
      const { id } = answerOf(await client.call('generateImage', first))
      const other = { ...first, prompt: 'a stormy sea' }
      return {
        ...saidBy('generateImage', await client.call('generateImage', other)),
        follow: async () => {
          const again = answerOf(await client.call('generateImage', first))
          assert.deepEqual({ id: again.id, replayed: again.replayed }, { id, replayed: true })
          answerOf(await client.call('generateImage', { ...other, idempotencyKey: 'storm' }))
        },
      }
    },
  },
  {
    code: 'input_unreadable',
    face: 'stdio',
    asked: 'a text that is called a picture',
    hint: 'Give another file. What is read is PNG, JPEG, WebP, GIF, AVIF and TIFF.',
    takes: 'Give another file',
    ends: 'the cutout, of a PNG',
    play: async (stage) => {
      const client = await stage.agent()
      const image = join(stage.home.path, 'text.png')
      writeFileSync(image, 'This is no picture.')
      return {
        ...saidBy('removeBackground', await client.call('removeBackground', { image })),
        follow: async () =>
          answerOf(
            await client.call('removeBackground', { image: await plainPicture(stage.home) }),
          ),
      }
    },
  },
]

async function newKey(stage: Stage): Promise<string> {
  done(await stage.run(['usage'])) // opens the account of this machine
  const made = await stage.run(['keys', 'create', '--account', ACCOUNT, '--json'])
  return (JSON.parse(done(made)) as { id: string }).id
}

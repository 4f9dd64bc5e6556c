import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { answerOf, small } from '../../tools/support.ts'
import { preload } from '../app.ts'
import { done, saidBy, saidByCall, type Row } from './row.ts'

/** Breaks the listing of usage, in a way that nobody foresaw. */
const FAULTY = preload(`
import { registerHooks } from 'node:module'
registerHooks({ load(url, context, next) {
  const loaded = next(url, context)
  const [before, after, ...more] = String(loaded.source).split(/(?<=function\\* ?usageOverview\\()/)
  if (after === undefined || more.length > 0) return loaded
  return { ...loaded, source: before + '...all) { return yield* all.nothing.here }\\nfunction* unused(' + after }
} })`)

/** What is broken here. */
export const SERVICE_ROWS: Row[] = [
  {
    code: 'ledger_unavailable',
    face: 'call',
    asked: 'anything, and the ledger cannot be used',
    hint: 'Try again in a moment, or tell the operator of this server. Check that INKWELL_HOME or INKWELL_DATABASE_URL names the right file (`inkwell doctor` shows it), or restore a backup.',
    takes: '`inkwell doctor`',
    ends: 'the path; without the file that was no ledger, the answer',
    play: async (stage) => {
      const file = join(stage.home.path, 'test.db')
      writeFileSync(file, 'this is no database')
      const look = () => stage.run(['call', 'checkUsage', '--json'])
      return {
        ...saidByCall('checkUsage', await look()),
        follow: async () => {
          assert.ok((await stage.run(['doctor'])).stdout.includes(file))
          rmSync(file)
          done(await look())
        },
      }
    },
  },
  {
    code: 'ledger_unavailable',
    face: 'http',
    asked: 'an image, and its folder cannot be written',
    hint: 'Call again once the operator of this server frees space there or gives the right to write.',
    takes: 'Call again once',
    ends: 'the image, after the operator',
    play: async (stage) => {
      const file = join(stage.home.path, 'images')
      writeFileSync(file, 'this is no folder')
      const client = await stage.remote(await stage.key())
      return {
        ...saidBy('generateImage', await client.call('generateImage', small)),
        follow: async () => {
          rmSync(file)
          answerOf(await client.call('generateImage', small))
        },
      }
    },
  },
  {
    code: 'internal',
    face: 'call',
    asked: 'anything, by a fault of ours',
    hint: 'Try again; if it stays, give the operator of this server the reference: its log has the cause. A command has a log where INKWELL_LOG_LEVEL=error is set.',
    takes: 'INKWELL_LOG_LEVEL=error',
    ends: 'a stop: the log has the reference and the cause, for whoever mends it',
    isStop: true,
    play: async (stage) => {
      const look = async (env = {}) =>
        await stage.run(['call', 'checkUsage', '--json'], { nodeArgs: FAULTY, env })
      const { stdout, stderr } = await look({ INKWELL_LOG_LEVEL: 'error' })
      const [, reference = ''] = /reference (\w+)/.exec(stdout) ?? []
      assert.match(stderr, new RegExp(`"reference":"${reference}"`))
      return saidByCall('checkUsage', await look())
    },
  },
  {
    code: 'internal',
    face: 'http',
    asked: 'anything, by a fault of ours',
    hint: 'Try again; if it stays, give the operator of this server the reference: its log has the cause.',
    takes: 'give the operator of this server the reference',
    ends: 'a stop: the operator of this server has the log',
    isStop: true,
    play: async (stage) => {
      const [option = '', value = ''] = FAULTY
      await stage.server({ NODE_OPTIONS: `${option}=${value}` })
      const client = await stage.remote(await stage.key())
      return saidBy('checkUsage', await client.call('checkUsage'))
    },
  },
]

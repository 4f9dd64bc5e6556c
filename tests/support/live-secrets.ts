import { ok, strictEqual } from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { plainPicture, type Home, type Settings } from './app.ts'
import { startRaw } from './clients.ts'
import { startFalEmulator, type Fault } from '../services/fal/emulator.ts'
import { liveHome } from './live.ts'

const KEY = 'secret-key/7f2a:Zq+9='
const PROMPT = 'a zebrafinch under a wolframite moon'

/** Cheap ways to fail and to work, many of which quote the prompt, an address or the key back. */
const FAULTS: readonly Fault[] = [
  { kind: 'locked' },
  { kind: 'locked' },
  { kind: 'locked' },
  { kind: 'modelError' },
  { kind: 'modelError', status: 500, type: 'internal_server_error' },
  { kind: 'completedWithError', status: 500 },
  { kind: 'malformed', at: 'result' },
  { kind: 'reset', at: 'put' },
  { kind: 'locked', at: 'upload' },
  { kind: 'truncated' },
  { kind: 'htmlFile' },
  { kind: 'foreignFile', url: `https://evil.example/a.png?key=${encodeURIComponent(KEY)}` },
]

const LANES = 32

/** What was looked through. */
export type Searched = { lines: number; answers: number; refusals: number }

/**
 * Loads a live server of its own process until it has logged this many lines, and proves that neither its
 * log nor anything it answered holds the key, a signed address or, at `info`, a prompt.
 */
export async function findNoSecret({
  lines,
  level,
}: {
  lines: number
  level: 'info' | 'trace'
}): Promise<Searched> {
  const plan = { seed: 8, chance: 0.5, faults: FAULTS }
  await using fal = await startFalEmulator({ key: KEY, plan, queueMs: 0, runMs: 0 })
  // On an own key no failure counts as unpaid work, which would soon end the calls.
  const settings: Settings = { INKWELL_FAL_KEY: KEY, FAL_KEY: '', INKWELL_LOG_LEVEL: level }
  using home = liveHome(fal, settings)
  const image = await plainPicture(home)
  home.env['INKWELL_PRICES'] = tinyPrices(home)
  home.env['INKWELL_MAX_CALLS_PER_MINUTE'] = '999999'
  await using server = startRaw(home)
  let log = ''
  let logged = 0
  server.process.stderr?.on('data', (chunk: Buffer) => {
    const text = chunk.toString()
    log += text
    logged += text.split('\n').length - 1
  })
  await server.initialize()
  const isShort = () => logged < lines
  let calls = 0
  const lane = async () => {
    while (isShort()) {
      const [name, args] = callOf((calls += 1), image)
      await server.request('tools/call', { name, arguments: args })
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  await sleep(50)
  const answers = server.lines.join('\n')
  await server.end()
  ok(logged >= lines && fal.uploads.length > 0, 'there is something to find')
  const secrets = [KEY, encodeURIComponent(KEY), JSON.stringify(KEY).slice(1, -1), 'Authorization']
  for (const secret of [...secrets, '?signature=', 'signature=', 'evil.example']) {
    strictEqual(log.includes(secret), false, `the log holds ${secret}`)
    strictEqual(answers.includes(secret), false, `an answer holds ${secret}`)
  }
  for (const word of ['zebrafinch', 'wolframite']) {
    strictEqual(log.includes(word), false, `the log holds a prompt`)
  }
  strictEqual(
    fal.hostsThatSawTheKey().some((host) => host.endsWith('.media')),
    false,
  )
  return {
    lines: logged,
    answers: server.lines.length,
    refusals: server.lines.filter((line) => line.includes('"isError":true')).length,
  }
}

/** A millionth of a dollar a call, so that the grant lasts. */
function tinyPrices({ path }: Home): string {
  const file = join(path, 'prices.json')
  const tiny = (operation: string) => ({ usd: '0.000001', operation })
  const prices = {
    'fal-ai/flux/schnell': tiny('generateImage'),
    'fal-ai/topaz/upscale/image': tiny('upscale'),
    'fal-ai/lora': tiny('run'),
  }
  writeFileSync(file, JSON.stringify(prices))
  return file
}

/** A picture, an upload, an input that only fal finds wrong, a file that is not there. */
function callOf(number: number, image: string): [tool: string, args: object] {
  const about = { prompt: `${PROMPT} ${number}`, preview: false }
  const imageSize = { width: 64, height: 64 }
  switch (number % 8) {
    case 0:
      return ['upscale', { image, model: 'fal-ai/topaz/upscale/image', preview: false }]
    case 1:
      return [
        'run',
        { model: 'fal-ai/lora', input: { prompt: PROMPT, model_name: 'a/b', scheduler: 'x' } },
      ]
    case 2:
      return ['editImage', { ...about, image: '/nowhere/a.png' }]
    default:
      return ['generateImage', { ...about, model: 'fal-ai/flux/schnell', imageSize }]
  }
}

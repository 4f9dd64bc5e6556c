import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { drawDrafts } from '../src/studio/draft/drafts.ts'
import { upscale } from '../src/studio/upscale/upscale.ts'
import { imageOf, photo, PHOTOS } from '../tests/support/local.ts'
import { bicubicDouble } from './support/bicubic.ts'
import { print } from './support/compare.ts'
import { measured } from './support/measured.ts'
import { median, startServer } from './support/rpc.ts'

const PROMPTS = [
  'warm sunset mesh gradient',
  'white marble with gold veins',
  'bauhaus shapes in navy and orange',
  'mountains at sunrise',
  'low poly mountains',
  'city skyline at night',
  'ocean sunset with clouds',
  'blue sky with clouds',
  'aurora',
  'dark starry bokeh',
  'app icon of a rocket',
  'teal gradient "Hello world"',
]

/** Upscaling against sharp's resize, drafts in time of the processor, and a server that answers meanwhile. */
async function benchLocal(): Promise<void> {
  await benchUpscale()
  await benchDrafts()
  await benchAnswers()
}

const noReport = () => undefined

type Three = [number, number, number]

async function benchUpscale(): Promise<void> {
  const gains: number[] = []
  const times: number[] = []
  for (const name of PHOTOS) {
    const image = await photo(name)
    const [width, height] = [image.width & ~1, image.height & ~1]
    const whole = sharp(image.bytes).extract({ left: 0, top: 0, width, height }).removeAlpha()
    const truth = await whole.clone().raw().toBuffer()
    const half = await sharp(await whole.png().toBuffer())
      .resize(width / 2, height / 2)
      .png()
      .toBuffer()
    const plainAt = performance.now()
    const plain = await sharp(half).resize(width, height).removeAlpha().raw().toBuffer()
    const networkAt = performance.now()
    const { files } = await upscale({ image: await imageOf(half), scale: 2 }, noReport)
    const doneAt = performance.now()
    const made = await sharp(files[0]).removeAlpha().raw().toBuffer()
    const pixels = await sharp(half).removeAlpha().raw().toBuffer()
    const centred = bicubicDouble({ pixels, width: width / 2, height: height / 2 })
    const [before, bicubic, after] = [plain, centred, made].map((other) =>
      psnr(truth, other),
    ) as Three
    gains.push(after - before)
    times.push((doneAt - networkAt) / (networkAt - plainAt))
    print(
      `  ${name}: ${before.toFixed(2)} dB by sharp, ${bicubic.toFixed(2)} dB by centred bicubic, ${after.toFixed(2)} dB by the network\n`,
    )
  }
  const line = { name: 'upscale x2 of five photographs, least gain', baseline: "sharp's resize" }
  measured({ ...line, value: Math.min(...gains), unit: 'dB', goal: { atLeast: 0.7 } })
  print(`  and ${Math.round(median(times))} times its time\n`)
}

/** Peak signal-to-noise ratio of the brightness of two RGB pictures, in decibels. */
function psnr(one: Uint8Array, other: Uint8Array): number {
  const luma = (data: Uint8Array, at: number) =>
    0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0)
  let sum = 0
  for (let at = 0; at < one.length; at += 3) sum += (luma(one, at) - luma(other, at)) ** 2
  return 10 * Math.log10((255 * 255) / (sum / (one.length / 3)))
}

async function benchDrafts(): Promise<void> {
  const times: number[] = []
  for (const round of [0, 1, 2]) {
    for (const prompt of PROMPTS) {
      const before = process.cpuUsage()
      await drawDrafts({ prompt, width: 1024, height: 768, count: 1, seed: round }, noReport)
      const { user, system } = process.cpuUsage(before)
      if (round > 0) times.push((user + system) / 1000)
    }
  }
  const line = { name: 'a draft of 1024 x 768, p50', baseline: 'time of the processor' }
  measured({ ...line, value: median(times), unit: 'ms', goal: { atMost: 1000 } })
}

/** How long checkUsage takes while a large picture is enlarged, against an idle server. */
async function benchAnswers(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'inkwell-bench-'))
  const large = join(folder, 'large.png')
  await sharp((await photo('coffee')).bytes)
    .resize(1600, 1200)
    .png()
    .toFile(large)
  const server = await startServer([join(import.meta.dirname, '../src/cli/cli.ts')], {
    INKWELL_HOME: folder,
    INKWELL_INPUT_DIRS: folder,
  })
  try {
    const ask = () => server.time('tools/call', { name: 'checkUsage', arguments: {} })
    const sample = async (isOver: () => boolean) => {
      const times: number[] = []
      do times.push(await ask())
      while (!isOver())
      return times.toSorted((a, b) => a - b)
    }
    let asked = 0
    await sample(() => ++asked >= 500) // warms up
    const idle = await sample(() => ++asked >= 1500)
    let isDone = false
    const args = { image: large, model: 'local/upscale', scale: 2, preview: false }
    const work = server
      .time('tools/call', { name: 'upscale', arguments: args })
      .finally(() => (isDone = true))
    const busy = await sample(() => isDone)
    await work
    const p95 = (times: readonly number[]) => times[Math.floor(times.length * 0.95)] ?? 0
    const line = { name: 'checkUsage while an upscale runs, p95', baseline: 'time' }
    measured({ ...line, value: p95(busy), unit: 'ms', goal: { atMost: 50 } })
    print(`  ${(p95(busy) / p95(idle)).toFixed(1)} times that of an idle server\n`)
  } finally {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

await benchLocal()

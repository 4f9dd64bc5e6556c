import sharp from 'sharp'
import { expect, test } from 'vitest'
import { contrastOf, hexLuminance, luminanceOf } from '../../src/studio/core/contrast.ts'
import { make } from '../support/local.ts'
import { DRAFT_PROMPTS } from './draft-prompts.ts'
import type { DraftPrompt } from './prompts/prompt.ts'

type Picture = Awaited<ReturnType<typeof make>>

test.each(DRAFT_PROMPTS)('"$prompt"', async (expected) => {
  const [width, height] = expected.size
  const request = { operation: 'generateImage', model: 'local/draft', count: 1 } as const
  const made = await make({ ...request, prompt: expected.prompt, width, height })
  expect(made.size).toEqual([width, height])
  expect(made.honoured).toEqual(expect.arrayContaining([...expected.says]))
  expect(clearShare(made)).toBe(expected.clear ?? 'nothing')
  expect(await faultsOf(made, expected)).toEqual([])
})

/** What is wrong with the colours, the edges and the text of a picture. */
async function faultsOf(
  made: Picture,
  { colors = {}, ink, isSoft }: DraftPrompt,
): Promise<string[]> {
  const faults = Object.entries(colors)
    .filter(([hex, share]) => shareOf(made, hex) <= share)
    .map(([hex]) => `too little ${hex}`)
  if (isSoft === undefined && (await sharpness(made)) <= 40) faults.push('no sharp edge')
  if (ink === undefined) return faults
  if (shareOf(made, ink, 2) <= 0.008) faults.push('no letters')
  const contrast = contrastAround(made, ink)
  return contrast < 4.5 ? [...faults, `letters with a contrast of ${contrast}`] : faults
}

/** What of a picture is clear. A drawing without a ground is large, and in the middle. */
function clearShare({ data, size: [width = 0, height = 0] }: Picture): string {
  const isClear = (x: number, y: number) => data[(y * width + x) * 4 + 3] === 0
  let [count, left, right, top, bottom] = [0, width, 0, height, 0]
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1)
      if (isClear(x, y)) count += 1
      else {
        left = Math.min(left, x)
        right = Math.max(right, x + 1)
        top = Math.min(top, y)
        bottom = Math.max(bottom, y + 1)
      }
  if (count === 0) return 'nothing'
  if (!isClear(0, 0) || !isClear(width - 1, height - 1)) return 'something, but not the corners'
  if (Math.max(right - left, bottom - top) < 0.6 * Math.min(width, height)) return 'too much'
  const aside = Math.max(
    Math.abs(left + right - width) / width,
    Math.abs(top + bottom - height) / height,
  )
  if (aside > 0.16) return 'more on one side'
  return count / (width * height) > 0.34 ? 'ground' : 'corners'
}

/** The share of the pixels that have about this colour. */
function shareOf(
  { data, size: [width = 0, height = 0] }: Picture,
  hex: string,
  reach = 48,
): number {
  const [red = 0, green = 0, blue = 0] = Buffer.from(hex.slice(1), 'hex')
  let count = 0
  for (let at = 0; at < data.length; at += 4) {
    const [r = 0, g = 0, b = 0, alpha] = data.subarray(at, at + 4)
    if (alpha === 255 && Math.hypot(r - red, g - green, b - blue) <= reach) count += 1
  }
  return count / (width * height)
}

/** The largest step between neighbours, 0 to 255: a blur has none. */
async function sharpness({ files: [file] }: Picture): Promise<number> {
  const grey = sharp(file).flatten({ background: '#ffffff' }).grayscale()
  const { data, info } = await grey.raw().toBuffer({ resolveWithObject: true })
  let most = 0
  for (let at = 1; at < data.length; at += 1)
    if (at % info.width > 0) most = Math.max(most, Math.abs((data[at] ?? 0) - (data[at - 1] ?? 0)))
  return most
}

/** The contrast of letters with what is around them, three pixels away, but for the worst 5 %. */
function contrastAround({ data, size: [width = 0, height = 0] }: Picture, ink: string): number {
  const rgb = Buffer.from(ink.slice(1), 'hex')
  const isInk = Uint8Array.from({ length: width * height }, (_, index) =>
    data.subarray(index * 4, index * 4 + 3).equals(rgb) ? 1 : 0,
  )
  const near = (x: number, y: number, reach: number) => {
    for (let dy = -reach; dy <= reach; dy += 1)
      for (let dx = -reach; dx <= reach; dx += 1)
        if (isInk[(y + dy) * width + x + dx] === 1) return true
    return false
  }
  const found: number[] = []
  for (let y = 3; y < height - 3; y += 1)
    for (let x = 3; x < width - 3; x += 1)
      if (near(x, y, 3) && !near(x, y, 2)) {
        const [red = 0, green = 0, blue = 0, alpha = 0] = data.subarray((y * width + x) * 4)
        const ground = luminanceOf([red, green, blue])
        if (alpha === 255) found.push(contrastOf(hexLuminance(ink), ground))
      }
  return found.toSorted((one, two) => one - two)[Math.floor(found.length * 0.05)] ?? 0
}

/**
 * Draws the contact sheets of docs/gallery with the local models: `npm run gallery`, or `npm run gallery edits`
 * for one of them. The page beside them says what is weak.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { AppError } from '../src/errors.ts'
import type { InputImage } from '../src/media/image.ts'
import { renderText } from '../src/studio/core/render-text.ts'
import { transliterated } from '../src/studio/stand-in/transliterate.ts'
import { drawn, imageOf, make, photo, type PHOTOS } from '../tests/support/local.ts'
import { DRAFT_PROMPTS } from '../tests/studio/draft-prompts.ts'
import type { DraftPrompt } from '../tests/studio/prompts/prompt.ts'
import { DRAFTS, EDITS, WISHES } from './gallery-prompts.ts'

const FOLDER = join(import.meta.dirname, '..', 'docs', 'gallery')
const TILE = { width: 400, height: 300 }
const CAPTION = 34

type Tile = { picture: Buffer; caption: string }

async function drafts(prompts: readonly string[]): Promise<Tile[]> {
  const tiles: Tile[] = []
  for (const prompt of prompts) {
    const size = /icon/.test(prompt) ? { width: 600, height: 600 } : { width: 800, height: 600 }
    const request = { operation: 'generateImage', model: 'local/draft', count: 1 } as const
    const { files } = await make({ ...request, prompt, ...size })
    tiles.push({ picture: files[0] ?? Buffer.alloc(0), caption: prompt })
  }
  return tiles
}

/** The prompts of the tests, at their sizes, on a chequered ground. */
async function asked(prompts: readonly DraftPrompt[]): Promise<Tile[]> {
  const tiles: Tile[] = []
  for (const { prompt, size } of prompts) {
    const request = { operation: 'generateImage', model: 'local/draft', count: 1 } as const
    const [width, height] = size
    const { files } = await make({ ...request, prompt, width, height })
    const caption = Array.from(await transliterated(prompt))
      .slice(0, 62)
      .join('')
    tiles.push({ picture: await onChequers(files[0] ?? Buffer.alloc(0)), caption })
  }
  return tiles
}

type Edits = readonly (readonly [(typeof PHOTOS)[number], string])[]

async function edits(list: Edits = EDITS, model = 'local/edit'): Promise<Tile[]> {
  const tiles: Tile[] = []
  for (const [name, prompt] of list) {
    const request = { operation: 'editImage', model, count: 1 } as const
    const { files } = await make({ ...request, prompt, images: [await photo(name)] })
    tiles.push({ picture: files[0] ?? Buffer.alloc(0), caption: await transliterated(prompt) })
  }
  return tiles
}

/** What test mode answers for priced models where this machine cannot do as it is told. */
async function standIns(): Promise<Tile[]> {
  const tiles = await edits(WISHES, 'fal-ai/flux-pro/kontext')
  for (const name of ['chelsea', 'coffee', 'rocket'] as const) {
    const request = { operation: 'removeBackground', model: 'fal-ai/birefnet', count: 1 } as const
    const { files } = await make({ ...request, image: await photo(name) })
    const picture = await onChequers(files[0] ?? Buffer.alloc(0))
    tiles.push({ picture, caption: `${name}: a guessed cut-out` })
  }
  return tiles
}

/** Five that work and three that are refused; a chequered ground shows what is clear. */
async function cutouts(): Promise<Tile[]> {
  const inputs: [string, InputImage][] = [
    ['a person', await photo('astronaut')],
    ['a person, grey', await photo('camera')],
    ['a product on white (JPEG)', await product('#ffffff', 'a rocket')],
    ['a drawing on a shaded grey (JPEG)', await product('#c9ced6', 'an avocado')],
    ['a logo on navy', await drawn(LOGO, 'jpeg')],
    ['a cat', await photo('chelsea')],
    ['a cup', await photo('coffee')],
    ['a rocket', await photo('rocket')],
  ]
  const tiles: Tile[] = []
  for (const [caption, image] of inputs) {
    const request = {
      operation: 'removeBackground',
      model: 'local/cutout',
      count: 1,
      image,
    } as const
    try {
      const { files } = await make(request)
      tiles.push({ picture: await onChequers(files[0] ?? Buffer.alloc(0)), caption })
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      const grey = await sharp(image.bytes)
        .grayscale()
        .modulate({ brightness: 0.7 })
        .png()
        .toBuffer()
      tiles.push({ picture: grey, caption: `${caption}: refused` })
    }
  }
  return tiles
}

const LOGO =
  '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480"><rect width="640" height="480" fill="#0b1f4d"/><circle cx="250" cy="240" r="110" fill="#ffb703"/><circle cx="250" cy="240" r="55" fill="#0b1f4d"/><path d="M390 130l130 220H300z" fill="#e63946" opacity="0.95"/></svg>'

async function product(backdrop: string, thing: string): Promise<InputImage> {
  const request = { operation: 'generateImage', model: 'local/draft', count: 1 } as const
  const size = { width: 640, height: 480 }
  const icon = await make({ ...request, prompt: `${thing} on ${backdrop}`, ...size })
  return imageOf(await sharp(icon.files[0]).jpeg({ quality: 88 }).toBuffer())
}

async function onChequers(file: Buffer): Promise<Buffer> {
  const { width, height } = await sharp(file).metadata()
  const chequers = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><defs><pattern id="c" width="32" height="32" patternUnits="userSpaceOnUse"><rect width="32" height="32" fill="#fff"/><path d="M0 0h16v16H0zM16 16h16v16H16z" fill="#cfd4dc"/></pattern></defs><rect width="100%" height="100%" fill="url(#c)"/></svg>`
  return sharp(Buffer.from(chequers))
    .composite([{ input: file }])
    .png()
    .toBuffer()
}

/** A part of each photograph, halved and doubled: plain resizing on the left, the network on the right. */
async function upscales(): Promise<Tile[]> {
  const parts = [
    ['astronaut', { left: 170, top: 30, width: 120, height: 180 }],
    ['chelsea', { left: 110, top: 70, width: 140, height: 210 }],
    ['coffee', { left: 330, top: 180, width: 140, height: 210 }],
    ['rocket', { left: 290, top: 60, width: 140, height: 210 }],
  ] as const
  const tiles: Tile[] = []
  for (const [name, part] of parts) {
    const image = await photo(name)
    const [width, height] = [Math.floor(image.width / 2), Math.floor(image.height / 2)]
    const half = await sharp(image.bytes).resize(width, height).png().toBuffer()
    const request = { operation: 'upscale', model: 'local/upscale', count: 1, scale: 2 } as const
    const { files } = await make({ ...request, image: await imageOf(half) })
    const plain = await sharp(half)
      .resize(width * 2, height * 2)
      .png()
      .toBuffer()
    const shown = (file: Buffer | undefined) =>
      sharp(file).extract(part).resize(400, 600, { kernel: 'nearest' }).png().toBuffer()
    const [left, right] = await Promise.all([shown(plain), shown(files[0])])
    const pair = await sharp({
      create: { width: 800, height: 600, channels: 3, background: '#fff' },
    })
      .composite([
        { input: left, left: 0, top: 0 },
        { input: right, left: 402, top: 0 },
      ])
      .png()
      .toBuffer()
    tiles.push({ picture: pair, caption: `${name}: resized, and by local/upscale` })
  }
  return tiles
}

async function writeSheet(name: string, tiles: readonly Tile[], columns: number): Promise<void> {
  const rows = Math.ceil(tiles.length / columns)
  const [wide, high] = [TILE.width + 12, TILE.height + CAPTION + 8]
  const parts = await Promise.all(
    tiles.map((tile, index) =>
      partsOf(tile, (index % columns) * wide + 6, Math.floor(index / columns) * high + 6),
    ),
  )
  const sheet = {
    width: columns * wide,
    height: rows * high + 4,
    channels: 3,
    background: '#f3f4f6',
  } as const
  const { size } = await sharp({ create: sheet })
    .composite(parts.flat())
    .jpeg({ quality: 80, mozjpeg: true })
    .toFile(join(FOLDER, `${name}.jpg`))
  process.stderr.write(`${name}.jpg ${Math.round(size / 1000)} kB\n`)
}

async function partsOf({ picture, caption }: Tile, left: number, top: number) {
  const input = await sharp(picture)
    .resize(TILE.width, TILE.height, {
      fit: 'contain',
      background: '#ffffff',
      withoutEnlargement: true,
    })
    .flatten({ background: '#ffffff' })
    .png()
    .toBuffer()
  const safe = caption.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  const letters = Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${TILE.width}" height="24"><text x="1" y="15" font-family="Manrope" font-weight="500" font-size="14" fill="#374151">${safe}</text></svg>`,
  )
  return [
    { input, left, top },
    { input: letters, left, top: top + TILE.height + 6 },
  ]
}

mkdirSync(FOLDER, { recursive: true })
// Once it is loaded, SVG may use the font too.
await renderText({ text: 'a', weight: 'regular', color: '#000000', width: 20, height: 20 })
const SHEETS: Record<string, () => Promise<Tile[]>> = {
  'drafts-1': () => drafts(DRAFTS.slice(0, 12)),
  'drafts-2': () => drafts(DRAFTS.slice(12)),
  'prompts-1': () => asked(DRAFT_PROMPTS.slice(0, 20)),
  'prompts-2': () => asked(DRAFT_PROMPTS.slice(20, 40)),
  'prompts-3': () => asked(DRAFT_PROMPTS.slice(40)),
  edits: () => edits(),
  cutouts,
  upscales,
  'stand-ins': standIns,
}
const wanted = process.argv.slice(2)
for (const [name, tiles] of Object.entries(SHEETS))
  if (wanted.length === 0 || wanted.includes(name))
    await writeSheet(name, await tiles(), name === 'upscales' ? 2 : 4)

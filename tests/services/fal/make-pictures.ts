import { numberOf, textOf, type FalModel, type Made, type Store, type Work } from './model.ts'
import { formatOf, paint, type PictureFormat } from './pictures.ts'
import { sizeOf, type Size } from './size.ts'

/** What a model tells of its pictures: their size, nulls in its place, or nothing but the file. */
type Told = 'size' | 'null' | 'file'

type Style = {
  /** The format where the request names none or cannot. */
  own: PictureFormat
  told: Told
  field?: 'output_format' | 'image_format'
}

type Extra = (work: Work, count: number) => Record<string, unknown>

/** A model that answers `images[]`. */
export function gallery(style: Style, extra: Extra = () => ({})): FalModel['make'] {
  return async (work) => {
    const count = numberOf(work.input, 'num_images') ?? 1
    const size = sizeOf(work.input, work.pictures)
    const images = await Promise.all(
      Array.from({ length: count }, (_, index) => painted(work, size, { ...style, index })),
    )
    return made({ images, ...extra(work, count) }, size, count)
  }
}

/** A model that answers one `image`. */
export function single(
  style: Style & { isCutout?: boolean },
  sizeFor: (work: Work) => Size,
): FalModel['make'] {
  return async (work) => {
    const size = sizeFor(work)
    const body: Record<string, unknown> = { image: await painted(work, size, style) }
    if (work.input['output_mask'] === true) {
      body['mask_image'] = await painted(work, size, { ...style, isCutout: false, index: 1 })
    }
    return made(body, size, 1)
  }
}

/** The size of the first input picture. */
export function sizeOfInput({ pictures: [first] }: Work): Size {
  return first ?? { width: 64, height: 48 }
}

/** The extras of the flux models. */
export const fluxExtras: Extra = ({ input, seed }, count) => ({
  seed,
  prompt: textOf(input, 'prompt') ?? '',
  timings: { inference: 0.005 },
  has_nsfw_concepts: Array.from({ length: count }, () => false),
})

export const seedOnly: Extra = ({ seed }) => ({ seed })

function made(body: Record<string, unknown>, { width, height }: Size, count: number): Made {
  const pixels = width * height
  return { body, megapixels: Math.ceil(pixels / 2 ** 20) * count, pixels: pixels * count }
}

async function painted(
  { input, seed, store }: Work,
  size: Size,
  style: Style & { isCutout?: boolean; index?: number },
): Promise<Record<string, unknown>> {
  const format = formatOf(textOf(input, style.field ?? 'output_format'), style.own)
  const bytes = await paint(size, format, {
    seed: `${seed} ${style.index ?? 0}`,
    isCutout: style.isCutout ?? false,
  })
  return described(bytes, format, { store, size, told: style.told })
}

function described(
  bytes: Buffer,
  format: PictureFormat,
  { store, size, told }: { store: Store; size: Size; told: Told },
): Record<string, unknown> {
  const contentType = `image/${format}`
  const url = store(bytes, contentType, format === 'jpeg' ? 'jpg' : format)
  const fileName = url.slice(url.lastIndexOf('/') + 1)
  const file = { url, content_type: contentType, file_name: fileName }
  switch (told) {
    case 'size':
      return { ...file, file_size: bytes.length, ...size }
    case 'null':
      return { ...file, file_size: null, width: null, height: null }
    case 'file':
      return { ...file, file_size: bytes.length }
  }
}

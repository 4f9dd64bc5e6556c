import { AppError } from '../errors.ts'
import type { InputImage } from './image.ts'
import { isMeasured, measureImage, sniff } from './inspect.ts'
import { HTML, SVG, XML } from './kinds.ts'
import { MAX_PIXELS } from './sharp.ts'
import { typeOfText } from './text-type.ts'

/** The bytes of an input, and a name that may be shown. */
export type Source = { bytes: Uint8Array; name: string }

/** Common kinds of file that no model takes: the start of the MIME type, a name, and what to do. */
const REFUSED: readonly [type: string, name: string, next: string][] = [
  [
    'image/hei',
    'a HEIC photo',
    'Save it as JPEG first: on an iPhone or a Mac share or export it as JPEG, elsewhere open it in a viewer that can.',
  ],
  ['image/bmp', 'a BMP image', 'Save it as PNG first: any paint program does.'],
  ['image/jxl', 'a JPEG XL image', 'Save it as JPEG or PNG first.'],
  ['image/j', 'a JPEG 2000 image', 'Save it as JPEG or PNG first.'],
  [SVG, 'an SVG drawing', 'Export it as PNG first, in the size it is needed.'],
  ['image/vnd.adobe', 'a Photoshop file', 'Export it as PNG first.'],
  ['image/x-icon', 'an ICO icon', 'Save it as PNG first.'],
  ['image/x-', 'a raw photo of a camera', 'Develop it and save it as JPEG first.'],
  ['application/pdf', 'a PDF document', 'Save the page as PNG first.'],
  ['video/', 'a video', 'Save one frame of it as PNG or JPEG first.'],
  ['audio/', 'a sound', 'Give an image.'],
  [HTML, 'a web page', 'Give the address or file of the image itself.'],
  ['text/x-git-lfs', 'a Git LFS pointer', 'Fetch the file that it stands for with git lfs pull.'],
]

/** Checks that bytes are a complete image of an accepted kind. Throws `input_unreadable`, which names it as `shown`. */
export async function checkImage({ bytes, name }: Source, shown: string): Promise<InputImage> {
  const mimeType = await sniff(bytes).catch(() => null)
  if (mimeType === null || !isMeasured(mimeType)) {
    throw refused(shown, mimeType === null || mimeType === XML ? textKind(bytes) : mimeType)
  }
  const size = await decoded(shown, () => measureImage(bytes, MAX_PIXELS))
  return { bytes, mimeType, name, ...size }
}

/** Runs `decode`. Turns the decoder's failure into `input_unreadable`. */
export async function decoded<T>(shown: string, decode: () => Promise<T>): Promise<T> {
  try {
    return await decode()
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    const words = cause instanceof Error ? cause.message : ''
    if (words.includes('pixel limit') || words.includes('Maximum supported')) {
      throw unreadable(
        `${shown} has more than ${MAX_PIXELS / 1e6} million pixels, or a side too long.`,
        {
          hint: 'Give a smaller image.',
          cause,
        },
      )
    }
    throw unreadable(`${shown} is damaged, cut off or too slow to decode.`, {
      hint: 'Save the image again from its source and retry.',
      cause,
    })
  }
}

/** The type of a text: a text is often given in place of an image. */
function textKind(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.subarray(0, 4_096)).toString('utf8')
  if (text.startsWith('version https://git-lfs')) return 'text/x-git-lfs'
  return typeOfText({ text, isWhole: false })
}

function refused(shown: string, mimeType: string): AppError {
  const [, name, next] = REFUSED.find(([type]) => mimeType.startsWith(type)) ?? []
  const what =
    name === undefined ? 'no image of a known kind' : `${name}, which cannot be worked on`
  return unreadable(`${shown} is ${what}.`, {
    hint: `${next ?? 'Give another file.'} What is read is PNG, JPEG, WebP, GIF, AVIF and TIFF.`,
  })
}

function unreadable(message: string, options: { hint: string; cause?: unknown }): AppError {
  return new AppError('input_unreadable', message, options)
}

import { isIP } from 'node:net'
import sharp from 'sharp'
import { isRecord } from './check.ts'
import type { ErrorItem, Input, InputPicture } from './model.ts'

/** What lies at an address that fal could reach, or nothing. */
export type Web = (url: string) => Buffer | undefined

const PICTURE_FIELD = /(?:^|_)(?:image|mask)_urls?$/
const MIB = 2 ** 20
const DATA_URI_MAX = 10 * MIB
const FILE_MAX = 50 * MIB
const URL_MAX = 2048

/** Downloads the pictures an input names, as fal does before it runs: the first problem ends the job. */
export async function readPictures(input: Input, web: Web): Promise<InputPicture[] | ErrorItem> {
  const pictures: InputPicture[] = []
  for (const { loc, url } of addressesIn(input, [])) {
    const bytes = url.startsWith('data:') ? fromDataUri(url) : download(url, web)
    const shown = url.slice(0, 100)
    if (typeof bytes === 'string') return problem(bytes, loc, shown)
    const size = await sharp(bytes)
      .metadata()
      .catch(() => null)
    if (size === null) return problem('image_load_error', loc, shown)
    pictures.push({ field: loc.join('.'), width: size.width, height: size.height })
  }
  return pictures
}

type Place = (string | number)[]

function addressesIn(value: unknown, loc: Place): { loc: Place; url: string }[] {
  if (Array.isArray(value)) return value.flatMap((item, at) => addressesIn(item, [...loc, at]))
  if (isRecord(value)) {
    return Object.entries(value).flatMap(([key, item]) => addressesIn(item, [...loc, key]))
  }
  const name = loc.findLast((part) => typeof part === 'string') ?? ''
  return typeof value === 'string' && PICTURE_FIELD.test(name) ? [{ loc, url: value }] : []
}

type Problem = keyof typeof MESSAGES

function fromDataUri(url: string): Buffer | Problem {
  const match = /^data:[^,]*;base64,(.*)$/s.exec(url)
  if (match === null) return 'file_download_error'
  const bytes = Buffer.from(match[1] ?? '', 'base64')
  return bytes.length > DATA_URI_MAX ? 'file_too_large' : bytes
}

/** fal reads http and https from public hosts only. */
function download(url: string, web: Web): Buffer | Problem {
  const parsed = URL.parse(url)
  const isWeb = parsed?.protocol === 'https:' || parsed?.protocol === 'http:'
  if (parsed === null || !isWeb || url.length > URL_MAX) return 'file_download_error'
  const host = parsed.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) > 0 || !host.includes('.')) return 'file_download_error'
  const bytes = web(url)
  if (bytes === undefined) return 'file_download_error'
  return bytes.length > FILE_MAX ? 'file_too_large' : bytes
}

const MESSAGES = {
  file_download_error: 'Failed to download the file. Please check the URL and try again.',
  file_too_large: 'The file is too large.',
  image_load_error: 'Failed to load the image. Please ensure the image file is not corrupted.',
}

function problem(type: Problem, loc: Place, input: string): ErrorItem {
  const url = `https://docs.fal.ai/errors#${type}`
  return { loc: ['body', ...loc], msg: MESSAGES[type], type, input, url }
}

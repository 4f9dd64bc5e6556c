import { AppError } from './errors.ts'

/** Largest JSON of one request beside its data URIs, in bytes. */
export const JSON_MAX = 256 * 1024
/** Most values of one request: members of arrays and objects. */
export const VALUES_MAX = 20_000
/** Deepest nesting of one request. */
export const LEVELS_MAX = 64
/** Most keys of one object. */
export const KEYS_MAX = 1_000

const QUOTE = 0x22
const BACKSLASH = 0x5c
const DATA = Buffer.from('data:')

export type JsonBounds = {
  /** Counts the next bytes. Returns `invalid_input` once the JSON passes a bound, else null. */
  push(chunk: Uint8Array): AppError | null
}

/**
 * Counts the size of JSON while it arrives, before anything is built from it: parsing and walking many small values
 * takes seconds. It does not check that the bytes are JSON. A string that begins with `data:` counts as a value, but
 * its bytes do not count; this also applies inside of a string with JSON.
 */
export function createJsonBounds(): JsonBounds {
  let bytes = 0
  let values = 0
  const keys = [0] // of each open container
  let opened = false // the last token opened a container, so that it may be empty
  let inString = false
  let inData = false
  let backslashes = 0 // directly before the next byte
  let matched = -1 // how much of `data:` follows a quote; -1 if something else does

  const count = (byte: number): void => {
    const isEscaped = backslashes % 2 === 1
    backslashes = byte === BACKSLASH ? backslashes + 1 : 0
    if (byte === QUOTE && !isEscaped && opened) values += 1
    if (byte === QUOTE && !(inString && isEscaped)) inString = !inString
    if (byte === QUOTE) opened = false
    if (byte === QUOTE) matched = inString ? 0 : -1
    else matched = byte === DATA[matched] ? matched + 1 : -1
    inData = matched === DATA.length
    if (!inString && byte !== QUOTE) countToken(byte)
  }
  const countToken = (byte: number): void => {
    const isSpace = byte <= 0x20
    const closes = byte === 0x7d || byte === 0x5d // } ]
    if (opened && !isSpace && !closes) values += 1
    opened &&= isSpace
    if (byte === 0x2c) values += 1 // ,
    if (byte === 0x3a) keys[keys.length - 1] = (keys.at(-1) ?? 0) + 1 // :
    if (closes && keys.length > 1) keys.pop()
    if (byte !== 0x7b && byte !== 0x5b) return // { [
    opened = true
    keys.push(0)
  }
  /** Returns the index after the data URI that `chunk` continues at `from`. */
  const skipData = (chunk: Buffer, from: number): number => {
    const quote = chunk.indexOf(QUOTE, from)
    const end = quote === -1 ? chunk.length : quote
    let run = 0
    while (end - run > from && chunk[end - 1 - run] === BACKSLASH) run += 1
    backslashes = end - run === from ? backslashes + run : run
    return end
  }
  return {
    push: (bytesOfChunk) => {
      const { buffer, byteOffset, length } = bytesOfChunk
      const chunk = Buffer.from(buffer, byteOffset, length) // finds bytes faster
      for (let index = 0; index < chunk.length; index += 1) {
        if (inData) index = skipData(chunk, index)
        if (index === chunk.length) break
        bytes += 1
        count(chunk[index] ?? 0)
        if (bytes > JSON_MAX) return tooMuch(`${JSON_MAX / 1024} KiB of JSON beside its data URIs`)
        if (values > VALUES_MAX) return tooMuch(`${VALUES_MAX.toLocaleString('en-US')} JSON values`)
        if (keys.length > LEVELS_MAX + 1) return tooMuch(`${LEVELS_MAX} levels of JSON`)
        if ((keys.at(-1) ?? 0) > KEYS_MAX)
          return tooMuch(`${KEYS_MAX.toLocaleString('en-US')} keys in one object`)
      }
      return null
    },
  }
}

function tooMuch(bound: string): AppError {
  return new AppError('invalid_input', `The request has more than ${bound}.`, {
    hint: 'Send less in one request. Images may be sent as data: URIs, by https: URL or by the id of an upload.',
  })
}

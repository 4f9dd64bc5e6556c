import { AppError } from '../errors.ts'
import { lengthOf, readSeconds } from './bill.ts'
import type { Field, Seconds } from './run-fields.ts'
import { writeSeconds } from './seconds.ts'
import { namedSize, readSize, SIDE_MAX, type Size } from './sizes.ts'

type Place = { name: string; model: string }

/** A value as it is sent, undefined where nothing is, and a sentence where it is not what was asked. */
type Fitted = { value?: unknown; note?: string }

/** A value within the bounds of its field. Throws `invalid_input`, naming the field and its bound. */
export function fitField(value: unknown, field: Field, place: Place): Fitted {
  if (field.kind === 'seconds') return fitSeconds(value, field, place)
  if (value === undefined) return {}
  switch (field.kind) {
    case 'text':
      return fitText(value, field.max, place)
    case 'number':
      return fitNumber(value, field, place)
    case 'flag':
      return fitFlag(value, place)
    case 'choice':
      return fitChoice(value, field, place)
    case 'size':
      return fitSize(value, field.pixels, place)
    case 'list':
      if (Array.isArray(value) && value.length <= field.max) return { value }
      throw refused(place, `a list of at most ${field.max}`)
    case 'object':
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { value }
      throw refused(place, 'an object')
  }
}

function fitText(value: unknown, max: number, place: Place): Fitted {
  if (typeof value !== 'string') throw refused(place, 'a text')
  const length = lengthOf(value)
  if (length <= max) return { value }
  throw refused(place, `at most ${max} characters; it has ${length}`)
}

function fitNumber(
  asked: unknown,
  { min = -Infinity, max = Infinity, whole }: { min?: number; max?: number; whole?: true },
  place: Place,
): Fitted {
  const value = typeof asked === 'string' && /^-?\d+(\.\d+)?$/.test(asked) ? Number(asked) : asked
  const isNumber = typeof value === 'number' && Number.isFinite(value) && value >= min
  const wanted = `a ${whole ? 'whole ' : ''}number${min === -Infinity ? '' : ` from ${min}`}`
  if (!isNumber || (whole && !Number.isSafeInteger(value))) throw refused(place, wanted)
  if (value <= max) return { value }
  if (place.name === 'num_images')
    throw refused(place, `${wanted} to ${max}: the price is for each`)
  return {
    value: max,
    note: `input.${place.name} ${value} was lowered to ${max}, the most that the price covers.`,
  }
}

function fitFlag(value: unknown, place: Place): Fitted {
  if (value === true || value === 'true') return { value: true }
  if (value === false || value === 'false') return { value: false }
  throw refused(place, 'true or false')
}

function fitChoice(
  value: unknown,
  {
    values,
    instead = {},
  }: { values: readonly string[]; instead?: Readonly<Record<string, string>> },
  place: Place,
): Fitted {
  const word = typeof value === 'number' ? `${value}` : value
  if (typeof word !== 'string') throw refused(place, `one of ${values.join(', ')}`)
  if (values.includes(word)) return { value: word }
  const sent = Object.hasOwn(instead, word) ? instead[word] : undefined
  if (sent === undefined) throw refused(place, `one of ${values.join(', ')}`)
  return { value: sent, note: `input.${place.name} was sent as "${sent}".` }
}

/** Sides are lowered to the longest there is, then both in proportion to the pixels that the price covers. */
function fitSize(value: unknown, pixels: number, place: Place): Fitted {
  if (typeof value === 'string' && namedSize(value) !== undefined) return { value }
  const size = typeof value === 'string' ? null : readSize(value)
  if (size === null) {
    throw refused(place, 'a named size such as square_hd, or whole numbers width and height')
  }
  const fitted = shrink(
    { width: Math.min(size.width, SIDE_MAX), height: Math.min(size.height, SIDE_MAX) },
    pixels,
  )
  if (fitted.width === size.width && fitted.height === size.height) return { value: fitted }
  return {
    value: fitted,
    note: `input.${place.name} ${size.width} × ${size.height} was lowered to ${fitted.width} × ${fitted.height}, the most that the price covers.`,
  }
}

function shrink({ width, height }: Size, pixels: number): Size {
  const factor = Math.min(1, Math.sqrt(pixels / (width * height)))
  const scaled = (side: number): number => Math.max(1, Math.floor(side * factor))
  return factor === 1 ? { width, height } : { width: scaled(width), height: scaled(height) }
}

function fitSeconds(asked: unknown, field: Seconds, { name, model }: Place): Fitted {
  const seconds = asked === undefined ? field.unasked : readSeconds(asked)
  if (!field.offered.includes(seconds)) throw notOffered(field, seconds, { name, model })
  const value = writeSeconds(field, seconds)
  if (asked !== undefined) return { value }
  return {
    value,
    note: `input.${name} was left out and sent as ${seconds} seconds, which the list price covers.`,
  }
}

function notOffered({ offered, unasked }: Seconds, seconds: number, { name, model }: Place) {
  const names = `${offered.slice(0, -1).join(', ')} or ${offered.at(-1)}`
  const given = seconds > 0 ? `, not ${seconds}` : ''
  return new AppError(
    'invalid_input',
    `input.${name}: "${model}" makes ${names} seconds${given}.`,
    {
      hint: `Give input.${name} one of these, or leave it out for ${unasked}.`,
    },
  )
}

function refused({ name, model }: Place, wanted: string): AppError {
  return new AppError('invalid_input', `input.${name} of "${model}" must be ${wanted}.`, {
    hint: 'Correct it or leave it out; nothing was charged.',
  })
}

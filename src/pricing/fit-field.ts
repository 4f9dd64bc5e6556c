import { AppError } from '../errors.ts'
import { lengthOf, readSeconds } from './bill.ts'
import type { Field, Seconds } from './run-fields.ts'
import { writeSeconds } from './seconds.ts'
import { namedSize, readSize, SIDE_MAX, type Size } from './sizes.ts'

/** The name of a field, and the model that it belongs to. */
type FieldOfModel = { name: string; model: string }

/** The value to send, if any, and a sentence if it differs from the given one. */
type Fitted = { value?: unknown; note?: string }

/** Fits a value into the bounds of its field. Throws `invalid_input`, naming the field and its bound. */
export function fitField(value: unknown, field: Field, target: FieldOfModel): Fitted {
  if (field.kind === 'seconds') return fitSeconds(value, field, target)
  if (value === undefined) return {}
  switch (field.kind) {
    case 'text':
      return fitText(value, field.max, target)
    case 'number':
      return fitNumber(value, field, target)
    case 'flag':
      return fitFlag(value, target)
    case 'choice':
      return fitChoice(value, field, target)
    case 'size':
      return fitSize(value, field.pixels, target)
    case 'list':
      if (Array.isArray(value) && value.length <= field.max) return { value }
      throw refused(target, `a list of at most ${field.max}`)
    case 'object':
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { value }
      throw refused(target, 'an object')
  }
}

function fitText(value: unknown, max: number, target: FieldOfModel): Fitted {
  if (typeof value !== 'string') throw refused(target, 'a text')
  const length = lengthOf(value)
  if (length <= max) return { value }
  throw refused(target, `at most ${max} characters; it has ${length}`)
}

function fitNumber(
  given: unknown,
  { min = -Infinity, max = Infinity, whole }: { min?: number; max?: number; whole?: true },
  target: FieldOfModel,
): Fitted {
  const value = typeof given === 'string' && /^-?\d+(\.\d+)?$/.test(given) ? Number(given) : given
  const isNumber = typeof value === 'number' && Number.isFinite(value) && value >= min
  const wanted = `a ${whole ? 'whole ' : ''}number${min === -Infinity ? '' : ` from ${min}`}`
  if (!isNumber || (whole && !Number.isSafeInteger(value))) throw refused(target, wanted)
  if (value <= max) return { value }
  if (target.name === 'num_images')
    throw refused(target, `${wanted} to ${max}: the price is for each`)
  return {
    value: max,
    note: `input.${target.name} ${value} was lowered to ${max}, the most that the price covers.`,
  }
}

function fitFlag(value: unknown, target: FieldOfModel): Fitted {
  if (value === true || value === 'true') return { value: true }
  if (value === false || value === 'false') return { value: false }
  throw refused(target, 'true or false')
}

function fitChoice(
  value: unknown,
  {
    values,
    substitutes = {},
  }: { values: readonly string[]; substitutes?: Readonly<Record<string, string>> },
  target: FieldOfModel,
): Fitted {
  const word = typeof value === 'number' ? `${value}` : value
  if (typeof word !== 'string') throw refused(target, `one of ${values.join(', ')}`)
  if (values.includes(word)) return { value: word }
  const sent = Object.hasOwn(substitutes, word) ? substitutes[word] : undefined
  if (sent === undefined) throw refused(target, `one of ${values.join(', ')}`)
  return { value: sent, note: `input.${target.name} was sent as "${sent}".` }
}

/** Lowers each side to `SIDE_MAX`, then both in proportion until the price covers the pixels. */
function fitSize(value: unknown, pixels: number, target: FieldOfModel): Fitted {
  if (typeof value === 'string' && namedSize(value) !== undefined) return { value }
  const size = typeof value === 'string' ? null : readSize(value)
  if (size === null) {
    throw refused(target, 'a named size such as square_hd, or whole numbers width and height')
  }
  const fitted = shrink(
    { width: Math.min(size.width, SIDE_MAX), height: Math.min(size.height, SIDE_MAX) },
    pixels,
  )
  if (fitted.width === size.width && fitted.height === size.height) return { value: fitted }
  return {
    value: fitted,
    note: `input.${target.name} ${size.width} × ${size.height} was lowered to ${fitted.width} × ${fitted.height}, the most that the price covers.`,
  }
}

function shrink({ width, height }: Size, pixels: number): Size {
  const factor = Math.min(1, Math.sqrt(pixels / (width * height)))
  const scaled = (side: number): number => Math.max(1, Math.floor(side * factor))
  return factor === 1 ? { width, height } : { width: scaled(width), height: scaled(height) }
}

function fitSeconds(given: unknown, field: Seconds, { name, model }: FieldOfModel): Fitted {
  const seconds = given === undefined ? field.defaultSeconds : readSeconds(given)
  if (!field.offered.includes(seconds)) throw notOffered(field, seconds, { name, model })
  const value = writeSeconds(field, seconds)
  if (given !== undefined) return { value }
  return {
    value,
    note: `input.${name} was left out and sent as ${seconds} seconds, which the list price covers.`,
  }
}

function notOffered(
  { offered, defaultSeconds }: Seconds,
  seconds: number,
  { name, model }: FieldOfModel,
) {
  const names = `${offered.slice(0, -1).join(', ')} or ${offered.at(-1)}`
  const actual = seconds > 0 ? `, not ${seconds}` : ''
  return new AppError(
    'invalid_input',
    `input.${name}: "${model}" makes ${names} seconds${actual}.`,
    {
      hint: `Give input.${name} one of these, or leave it out for ${defaultSeconds}.`,
    },
  )
}

function refused({ name, model }: FieldOfModel, wanted: string): AppError {
  return new AppError('invalid_input', `input.${name} of "${model}" must be ${wanted}.`, {
    hint: 'Correct it or leave it out; nothing was charged.',
  })
}

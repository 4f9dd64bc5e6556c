import { readJson } from '../text.ts'
import type { ShownSchema } from './schema.ts'

/**
 * What a host adds to the arguments of every tool for itself, and sends on: Gemini CLI has its model say
 * with this one that a call comes after the others of its turn.
 */
const OF_HOSTS = new Set(['wait_for_previous'])

const DECIMAL = /^-?(0|[1-9]\d*)(\.\d+)?$/

/**
 * Arguments with their forms put right, by the schema that clients are shown and without changing what is
 * meant: null, and an empty text where none is taken, is an absent argument; a decimal in a text is a
 * number, "true" and "false" are booleans, and JSON in a text is the list or object that is wanted. What a
 * host says to itself is left out.
 */
export function lenient(schema: ShownSchema, value: unknown): unknown {
  const { properties = {} } = schema
  const read = inForm(schema, value)
  if (Array.isArray(read)) return read.map((item) => lenient(schema.items ?? {}, item))
  if (!isObject(read) || schema.properties === undefined) return read
  const members = Object.entries(read).flatMap(([name, given]) => {
    const wanted = Object.hasOwn(properties, name) ? properties[name] : undefined
    if (wanted === undefined) return OF_HOSTS.has(name) ? [] : [[name, given] as const]
    return isAbsent(wanted, given) ? [] : [[name, lenient(wanted, given)] as const]
  })
  return Object.fromEntries(members)
}

function isAbsent({ type, minLength = 0, enum: values }: ShownSchema, value: unknown): boolean {
  if (value === null || value === undefined) return true
  return value === '' && type === 'string' && (minLength > 0 || values !== undefined)
}

/** A text as what the schema wants it to be, where it is exactly that. */
function inForm({ type = '' }: ShownSchema, value: unknown): unknown {
  if (typeof value !== 'string') return value
  switch (type) {
    case 'number':
    case 'integer':
      return DECIMAL.test(value) ? Number(value) : value
    case 'boolean':
      return value === 'true' || value === 'false' ? value === 'true' : value
    case 'array':
      return parsed(value, Array.isArray)
    case 'object':
      return parsed(value, isObject)
    default:
      return value
  }
}

function parsed(text: string, isWanted: (value: unknown) => boolean): unknown {
  const value = readJson(text)
  return isWanted(value) ? value : text
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

import { createJsonBounds } from '../json-bounds.ts'
import { readJson } from '../text.ts'
import type { ShownSchema } from './schema.ts'

/**
 * Arguments that a host adds to every tool for its own use and also sends to us. Gemini CLI adds this one, so
 * that its model can mark a call that must wait for the earlier calls of the turn.
 */
const HOST_ARGUMENTS = new Set(['wait_for_previous'])

const DECIMAL = /^-?(0|[1-9]\d*)(\.\d+)?$/

/**
 * Converts arguments to the types of the schema without changing their meaning. Null counts as absent, and
 * so does an empty string if the schema does not allow it. A decimal in a string becomes a number, "true"
 * and "false" become booleans, and JSON in a string becomes an array or object. Arguments of hosts are removed.
 */
export function lenient(schema: ShownSchema, value: unknown): unknown {
  const { properties = {}, items } = schema
  const read = coerce(schema, value)
  // It goes no deeper than the schema: arguments may be nested deeper than the stack.
  if (Array.isArray(read) && items !== undefined) return read.map((item) => lenient(items, item))
  if (!isObject(read) || schema.properties === undefined) return read
  const members = Object.entries(read).flatMap(([name, given]) => {
    const expected = Object.hasOwn(properties, name) ? properties[name] : undefined
    if (expected === undefined) return HOST_ARGUMENTS.has(name) ? [] : [[name, given] as const]
    return isAbsent(expected, given) ? [] : [[name, lenient(expected, given)] as const]
  })
  return Object.fromEntries(members)
}

function isAbsent({ type, minLength = 0, enum: values }: ShownSchema, value: unknown): boolean {
  if (value === null || value === undefined) return true
  return value === '' && type === 'string' && (minLength > 0 || values !== undefined)
}

/** Converts a string to the type of the schema if the whole string has that form, else returns it unchanged. */
function coerce({ type = '' }: ShownSchema, value: unknown): unknown {
  if (typeof value !== 'string') return value
  switch (type) {
    case 'number':
    case 'integer':
      return DECIMAL.test(value) ? Number(value) : value
    case 'boolean':
      return value === 'true' || value === 'false' ? value === 'true' : value
    case 'array':
      return parseAs(value, Array.isArray)
    case 'object':
      return parseAs(value, isObject)
    default:
      return value
  }
}

function parseAs(text: string, isExpected: (value: unknown) => boolean): unknown {
  if (createJsonBounds().push(Buffer.from(text)) !== null) return text
  const value = readJson(text)
  return isExpected(value) ? value : text
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

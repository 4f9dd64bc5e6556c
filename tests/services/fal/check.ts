import { z } from 'zod'
import type { ErrorItem, FalModel, Input } from './model.ts'

export type Checked = { input: Input; problems: ErrorItem[]; ignored: string[] }

/** Holds an input against a model's own facts: required fields, types and enums. */
export function check({ fields, rule }: FalModel, posted: unknown): Checked {
  const ignored = isRecord(posted) ? Object.keys(posted).filter((key) => !(key in fields)) : []
  const parsed = z.object(fields).safeParse(posted)
  if (!parsed.success) {
    const problems = parsed.error.issues.flatMap((issue) => worded(issue, posted, []))
    return { input: {}, problems, ignored }
  }
  const broken = rule?.(parsed.data) ?? null
  return { input: parsed.data, problems: broken === null ? [] : [broken], ignored }
}

function worded(issue: z.core.$ZodIssue, posted: unknown, base: PropertyKey[]): ErrorItem[] {
  const path = [...base, ...issue.path]
  if (issue.code === 'invalid_union') {
    return issue.errors.flat().flatMap((inner) => worded(inner, posted, path))
  }
  const loc = ['body', ...path.map((part) => (typeof part === 'number' ? part : String(part)))]
  const input = path.reduce<unknown>(valueAt, posted)
  if (input === undefined) return [{ loc, msg: 'Field required', type: 'missing', input: null }]
  return [{ loc, input, ...inWords(issue) }]
}

function inWords(issue: z.core.$ZodIssue): Pick<ErrorItem, 'type' | 'msg' | 'ctx'> {
  const msg = issue.message
  switch (issue.code) {
    case 'invalid_value': {
      const expected = issue.values.map((value) => `'${String(value)}'`).join(', ')
      return { type: 'literal_error', msg: `Input should be ${expected}`, ctx: { expected } }
    }
    case 'invalid_type': {
      const type = PYDANTIC[issue.expected] ?? 'value_error'
      return { type, msg: `Input should be a valid ${issue.expected}` }
    }
    case 'too_big':
      if (issue.origin === 'string') return { type: 'string_too_long', msg }
      return { type: 'less_than_equal', msg, ctx: { le: issue.maximum } }
    case 'too_small':
      if (issue.origin === 'string') return { type: 'string_too_short', msg }
      return { type: 'greater_than_equal', msg, ctx: { ge: issue.minimum } }
    case 'custom':
    case 'invalid_element':
    case 'invalid_format':
    case 'invalid_key':
    case 'invalid_union':
    case 'not_multiple_of':
    case 'unrecognized_keys':
      return { type: 'value_error', msg }
  }
}

/** What pydantic calls a value of the wrong type. */
const PYDANTIC: Readonly<Record<string, string>> = {
  string: 'string_type',
  number: 'float_type',
  int: 'int_type',
  boolean: 'bool_type',
  array: 'list_type',
  object: 'model_attributes_type',
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function valueAt(value: unknown, part: PropertyKey): unknown {
  if (Array.isArray(value) && typeof part === 'number') return value[part] as unknown
  return isRecord(value) ? value[String(part)] : undefined
}

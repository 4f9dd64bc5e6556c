import { readFileSync } from 'node:fs'
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'

type Schema = {
  $ref?: string
  type?: string
  const?: unknown
  enum?: unknown[]
  anyOf?: Schema[]
  properties?: Record<string, Schema>
  required?: string[]
}
type Operation = {
  'x-params': Schema
  responses: Record<string, { content: Record<string, { schema: Schema }> }>
}
type Document = {
  info: { version: string }
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}

/** Stripe's API at the version of the installed package, derived by scripts/gen-stripe-contract.ts. */
const DOCUMENT = JSON.parse(
  readFileSync(new URL('openapi.json', import.meta.url), 'utf8'),
) as Document

export const API_VERSION = DOCUMENT.info.version

/**
 * Requests come as text and know only the documented words; answers are JSON and may use new ones. `Ajv2020` would try
 * every part of an `anyOf`, and make a number of a text of digits where both are allowed; `Ajv` ends at the first match.
 */
const requests = new Ajv({ strict: false, coerceTypes: true, validateFormats: false })
const answers = new Ajv2020({ strict: false, validateFormats: false })
requests.addKeyword({
  keyword: 'x-known',
  validate: (words: unknown[], value: unknown) => words.includes(value),
})
requests.addSchema(DOCUMENT, 'stripe')
answers.addSchema(DOCUMENT, 'stripe')

export type Found = { path: string; id: string; operation: Operation }

/** The documented operation behind a request; null where Stripe has none. */
export function operationOf(method: string, path: string): Found | null {
  for (const [pattern, operations] of Object.entries(DOCUMENT.paths)) {
    const match = new RegExp(`^${pattern.replace('{id}', '([^/]+)')}$`).exec(path)
    const operation = operations[method.toLowerCase()]
    if (match !== null && operation !== undefined)
      return { path: pattern, id: decodeURIComponent(match[1] ?? ''), operation }
  }
  return null
}

/** Checks the parameters of a request, and turns their texts into numbers and booleans. Null where they fit. */
export function problemOf({ operation }: Found, params: unknown): string | null {
  return problem(compiled(requests, operation['x-params']), params)
}

/** Throws where an answer is not one that Stripe would give: the fault is then the emulator's. */
export function assertAnswer({ path, operation }: Found, body: unknown): void {
  const schema = operation.responses['200']?.content['application/json']?.schema ?? {}
  const found = problem(compiled(answers, schema), body)
  if (found !== null) throw new Error(`the emulator's answer to ${path} is not Stripe's: ${found}`)
}

/** The least that Stripe would say of an object: every required field, empty. */
export function blank(name: string): Record<string, unknown> {
  return least({ $ref: `#/components/schemas/${name}` }) as Record<string, unknown>
}

function least(schema: Schema): unknown {
  if (schema.$ref !== undefined)
    return least(DOCUMENT.components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {})
  if (schema.anyOf !== undefined)
    return schema.anyOf.some(({ type }) => type === 'null') ? null : least(schema.anyOf[0] ?? {})
  if (schema.const !== undefined) return schema.const
  if (schema.enum !== undefined) return schema.enum.includes(null) ? null : schema.enum[0]
  if (schema.type === 'object') {
    const fields = (schema.required ?? []).map((name) => [
      name,
      least(schema.properties?.[name] ?? {}),
    ])
    return Object.fromEntries(fields)
  }
  return { array: [], string: '', number: 0, boolean: false }[schema.type ?? ''] ?? null
}

const validators = new Map<Ajv, Map<Schema, ValidateFunction>>()

function compiled(ajv: Ajv, schema: Schema): ValidateFunction {
  const known = validators.get(ajv) ?? new Map<Schema, ValidateFunction>()
  validators.set(ajv, known)
  const made = known.get(schema) ?? ajv.compile(absolute(schema) as object)
  known.set(schema, made)
  return made
}

/** References of a schema that is compiled outside of its document. */
function absolute(schema: Schema): unknown {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"stripe#/')) as unknown
}

function problem(validate: ValidateFunction, value: unknown): string | null {
  if (validate(value)) return null
  const errors: ErrorObject[] = validate.errors ?? []
  return errors
    .slice(0, 4)
    .map(
      ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
    )
    .join('; ')
}

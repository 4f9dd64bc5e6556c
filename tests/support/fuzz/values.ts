import fc from 'fast-check'

/** A JSON Schema, or a part of one. */
export type Schema = { readonly [keyword: string]: unknown }
export type Values = ReturnType<typeof createValues>

/** Strings no JSON writer would produce stand for themselves between these, and are put in when the text is sent. */
const VERBATIM = /"@@(\w+)@@"/g
const VERBATIM_TEXTS: Record<string, string> = {
  huge: '1e999',
  minusZero: '-0',
  deepList: '['.repeat(20_000) + ']'.repeat(20_000),
  deepObject: '{"a":'.repeat(5_000) + '1' + '}'.repeat(5_000),
  proto: '{"__proto__":{"isAdmin":true},"constructor":{"prototype":{}}}',
  twice: '{"id":1,"id":2}',
}

/** JSON text of a value with what only text can say. */
export function toJson(value: unknown): string {
  return (JSON.stringify(value) ?? '').replaceAll(
    VERBATIM,
    (text, name: string) => VERBATIM_TEXTS[name] ?? text,
  )
}

/** Strings that parsers, files, databases and terminals have stumbled over. None names a host that is not this machine. */
const HOSTILE = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\r\nset-cookie: a=b',
  '\u001B[31m',
  '\uD800',
  '\u202Egnp.exe',
  'I\u0307\u0130\uFB03',
  '👩‍👩‍👧‍👦'.repeat(50),
  'x'.repeat(70_000),
  '%00',
  '%E0%A4%A',
  '../../../../etc/passwd',
  '/etc/passwd',
  'file:///etc/passwd',
  'http://127.0.0.1:1/x.png',
  'https://[::1]/x.png',
  'https://localhost:1/x.png',
  'data:image/png;base64,AAAA',
  'data:image/png;base64,!!!!',
  `data:image/svg+xml;base64,${Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>').toString('base64')}`,
  "' or 1=1 --",
  '"; drop table entry; --',
  '${7*7}{{7*7}}',
  '__proto__',
  'constructor',
  'NaN',
  '-1',
  '1e21',
  '0x10',
  '9007199254740993',
  '2026-02-30',
  '0000-00-00',
  'null',
  'true',
  '[]',
]

/** Arbitrary values for the schemas of a document. `known` are strings that mean something to the server, such as ids. */
export function createValues(root: Schema, known: readonly string[]) {
  const text = fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom(...known) },
    { weight: 1, arbitrary: fc.constantFrom(...HOSTILE) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  )
  /** Any JSON value, likely a troublesome one. */
  const junk: fc.Arbitrary<unknown> = fc.oneof(
    text,
    fc.constantFrom(...Object.keys(VERBATIM_TEXTS).map((name) => `@@${name}@@`)),
    fc.constantFrom(null, true, [], {}, 0, -1, 0.1, 2 ** 53, -(2 ** 63), Number.MIN_VALUE),
    fc.jsonValue({ maxDepth: 3 }),
  )

  /** A value that fits a schema. */
  function fitting(schema: Schema): fc.Arbitrary<unknown> {
    const { $ref: ref, enum: choices, anyOf, oneOf, allOf, type } = schema
    if (typeof ref === 'string') return fitting(resolve(root, ref))
    if ('const' in schema) return fc.constant(schema.const)
    if (Array.isArray(choices)) return fc.constantFrom(...choices)
    const branches = anyOf ?? oneOf
    if (Array.isArray(branches)) return fc.oneof(...(branches as Schema[]).map(fitting))
    if (Array.isArray(allOf)) return fitting(Object.assign({}, ...(allOf as Schema[])) as Schema)
    if (Array.isArray(type))
      return fc.oneof(...type.map((one) => fitting({ ...schema, type: one as string })))
    if (type === 'object') return object(schema)
    if (type === 'array') {
      const {
        items = {},
        minItems = 0,
        maxItems = 4,
      } = schema as { items?: Schema; minItems?: number; maxItems?: number }
      return fc.array(fitting(items), {
        minLength: minItems,
        maxLength: Math.max(minItems, Math.min(maxItems, 4)),
      })
    }
    return scalar(schema)
  }

  /** An object with what it must have and a little of what it may: with all of it, few would make sense. */
  function object({ properties = {}, required = [] }: Schema): fc.Arbitrary<unknown> {
    const must = new Set(required as string[])
    const model = Object.entries(properties as Record<string, Schema>).map(([name, schema]) =>
      (must.has(name) ? fitting(schema) : onceIn(4, fitting(schema))).map((value) => ({
        name,
        value,
      })),
    )
    return fc.tuple(...model).map((members) => {
      const present = members.filter(({ name, value }) => value !== null || must.has(name))
      return Object.fromEntries(present.map(({ name, value }) => [name, value]))
    })
  }

  function scalar(schema: Schema): fc.Arbitrary<unknown> {
    const {
      type,
      format,
      pattern,
      minimum,
      maximum,
      minLength = 0,
      maxLength = 200,
    } = schema as {
      [keyword: string]: string
    } & { minimum?: number; maximum?: number; minLength?: number; maxLength?: number }
    if (type === 'boolean') return fc.boolean()
    if (type === 'null') return fc.constant(null)
    if (type === 'integer')
      return fc.integer({
        min: Math.max(minimum ?? -10, -(2 ** 31)),
        max: Math.min(maximum ?? 1_000, 2 ** 31),
      })
    if (type === 'number') {
      const [min, max] = [minimum ?? -10, maximum ?? 1_000]
      const whole = fc.integer({ min: Math.ceil(min), max: Math.floor(max) })
      return fc.oneof(whole, fc.double({ min, max, noNaN: true }))
    }
    if (type !== 'string') return junk
    if (format === 'date')
      return fc
        .integer({ min: 0, max: 400 })
        .map((day) => new Date(Date.now() - day * 86_400_000).toISOString().slice(0, 10))
    if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern))
    const known = text.filter(({ length }) => length >= minLength && length <= maxLength)
    return fc.oneof(
      known,
      fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, minLength + 60) }),
    )
  }

  /** An object of which one property is missing, unknown or anything. */
  function corrupted(whole: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
    return fc
      .tuple(whole, fc.nat(30), junk, fc.constantFrom('drop', 'change', 'add'))
      .map(([value, place, bad, how]) => {
        if (typeof value !== 'object' || value === null || Array.isArray(value)) return bad
        const entries = Object.entries(value)
        const at = entries[place % Math.max(1, entries.length)]?.[0] ?? 'extra'
        if (how === 'add') return { ...value, [String(place)]: bad }
        return how === 'drop'
          ? Object.fromEntries(entries.filter(([name]) => name !== at))
          : { ...value, [at]: bad }
      })
  }

  /** A value for a schema: right, nearly right, or anything. */
  function around(schema: Schema): fc.Arbitrary<unknown> {
    const right = fitting(schema)
    return fc.oneof(
      { weight: 5, arbitrary: right },
      { weight: 4, arbitrary: corrupted(right) },
      { weight: 1, arbitrary: junk },
    )
  }
  return { text, junk, fitting, corrupted, around }
}

/** A value once in so many times, and else null. */
export function onceIn<T>(times: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.oneof({ weight: times - 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary })
}

function resolve(root: Schema, reference: string): Schema {
  const path = reference.replace(/^#\//, '').split('/')
  return path.reduce<unknown>((at, name) => (at as Schema)[name], root) as Schema
}

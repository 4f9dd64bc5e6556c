import * as z from 'zod'

/** The parts of JSON Schema that the schemas of our tools use. */
export type ShownSchema = {
  type?: string
  description?: string
  default?: unknown
  enum?: unknown[]
  properties?: Record<string, ShownSchema>
  required?: string[]
  additionalProperties?: boolean
  items?: ShownSchema
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
}

const SHOWN_AS = z.registry<ShownSchema>()
const converted = new WeakMap<z.ZodObject, ShownSchema>()

/** Sets a simpler schema to show to clients. Some clients drop an argument that has two forms. */
export function shownAs<S extends z.ZodType>(schema: S, shown: ShownSchema): S {
  SHOWN_AS.add(schema, shown)
  return schema
}

/**
 * Returns the JSON Schema that clients see, converted once. It has no `$schema`, because a client that
 * expects another dialect would reject it.
 */
export function shownSchema(schema: z.ZodObject): ShownSchema {
  const known = converted.get(schema)
  if (known !== undefined) return known
  const { $schema: _, ...shown } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const replacement = SHOWN_AS.get(zodSchema)
      if (replacement === undefined) return
      const { description } = jsonSchema
      for (const keyword of Object.keys(jsonSchema)) delete jsonSchema[keyword]
      Object.assign(jsonSchema, replacement, description !== undefined && { description })
    },
  })
  converted.set(schema, shown as ShownSchema)
  return shown as ShownSchema
}

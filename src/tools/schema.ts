import { z } from 'zod'

/** The parts of JSON Schema that our tools are written in. */
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

/** Shows a schema to clients in simpler words than it takes: some lose an argument that has two forms. */
export function shownAs<S extends z.ZodType>(schema: S, shown: ShownSchema): S {
  SHOWN_AS.add(schema, shown)
  return schema
}

/**
 * A schema as clients are shown it, converted once. It names no dialect: a client that knows another one
 * than ours would refuse to read it.
 */
export function shownSchema(schema: z.ZodObject): ShownSchema {
  const known = converted.get(schema)
  if (known !== undefined) return known
  const { $schema: _, ...shown } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const instead = SHOWN_AS.get(zodSchema)
      if (instead === undefined) return
      const { description } = jsonSchema
      for (const word of Object.keys(jsonSchema)) delete jsonSchema[word]
      Object.assign(jsonSchema, instead, description !== undefined && { description })
    },
  })
  converted.set(schema, shown as ShownSchema)
  return shown as ShownSchema
}

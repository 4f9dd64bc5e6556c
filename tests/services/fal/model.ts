import type { z } from 'zod'

/** An input that has passed the model's schema, with its defaults filled in. */
export type Input = Record<string, unknown>

/** One problem as fal words it: the shape of pydantic. */
export type ErrorItem = {
  loc: (string | number)[]
  msg: string
  type: string
  input?: unknown
  ctx?: Record<string, unknown>
  url?: string
}

/** A picture that fal has downloaded for a job. */
export type InputPicture = { field: string; width: number; height: number }

/** Puts bytes on the file host and answers their address. */
export type Store = (bytes: Buffer, contentType: string, extension: string) => string

export type Work = {
  input: Input
  pictures: readonly InputPicture[]
  seed: number
  store: Store
}

/** The body of a result, and what its price is reckoned from. */
export type Made = {
  body: Record<string, unknown>
  /** Megapixels of 1024 × 1024, rounded up for each picture and added up. */
  megapixels: number
  /** Whole pixels of all pictures. */
  pixels: number
}

export type FalModel = {
  /** Its fields. Unknown ones are ignored, as fal does. */
  fields: Record<string, z.ZodType>
  /** What no single field can say. */
  rule?: (input: Input) => ErrorItem | null
  unit: string
  unitPriceUsd: number
  units: (input: Input, made: Made) => number
  make: (work: Work) => Promise<Made>
}

export function textOf(input: Input, field: string): string | undefined {
  const value = input[field]
  return typeof value === 'string' ? value : undefined
}

export function numberOf(input: Input, field: string): number | undefined {
  const value = input[field]
  return typeof value === 'number' ? value : undefined
}

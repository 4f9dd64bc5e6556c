import { z } from 'zod'

/** The image_size presets of fal's own schema, in pixels. */
export const PRESETS: Readonly<Record<string, { width: number; height: number }>> = {
  square_hd: { width: 1024, height: 1024 },
  square: { width: 512, height: 512 },
  portrait_4_3: { width: 768, height: 1024 },
  portrait_16_9: { width: 576, height: 1024 },
  landscape_4_3: { width: 1024, height: 768 },
  landscape_16_9: { width: 1024, height: 576 },
}

const SIDE_MAX = 14_142
const side = z.int().min(1).max(SIDE_MAX).default(512) // a side that is left out becomes 512

/** Input fields as the models share them. Types and enums are fal's; only `count` has a recalled range. */
export const text = z.string()
export const optionalText = z.string().optional()
export const flag = z.boolean().optional()
export const number = z.number().optional()
export const seed = z.int().optional()
export const count = z.int().min(1).max(4).default(1)
export const url = z.string().min(1)
export const optionalUrl = url.optional()
export const imageSize = (preset?: string) => {
  const field = z.union([z.enum(Object.keys(PRESETS)), z.object({ width: side, height: side })])
  return preset === undefined ? field.optional() : field.default(preset)
}

/** One of these words; the first is taken where none is given. */
export const oneOf = (fallback: string, ...others: string[]) =>
  z.enum([fallback, ...others]).default(fallback)

/** One of these words, or nothing. */
export const anyOf = (...words: string[]) => z.enum(words).optional()

export const rgb = z.object({ r: number, g: number, b: number })
export const tolerance = (max: 5 | 6, fallback: string) =>
  z.enum(['1', '2', '3', '4', '5', '6'].slice(0, max)).default(fallback)

/** Weights loaded over the base model. */
export const loras = z.array(z.object({ path: text, scale: number, force: flag })).optional()

export const controlnets = z
  .array(
    z.object({
      path: text,
      control_image_url: url,
      config_url: optionalUrl,
      mask_image_url: optionalUrl,
      mask_threshold: number,
      conditioning_scale: number,
      start_percentage: number,
      end_percentage: number,
      variant: optionalText,
    }),
  )
  .optional()

export const ipAdapters = z
  .array(
    z.object({
      path: text,
      image_url: url,
      image_encoder_path: text,
      image_encoder_subfolder: optionalText,
      image_encoder_weight_name: optionalText,
      mask_image_url: optionalUrl,
      mask_threshold: number,
      scale: z.number(),
      subfolder: optionalText,
      weight_name: optionalText,
    }),
  )
  .optional()

/** Optional numbers of these names, separated by spaces. */
export function numbers(names: string): Record<string, z.ZodType> {
  return Object.fromEntries(names.split(' ').map((name) => [name, number]))
}

/** Optional flags of these names, separated by spaces. */
export function flags(names: string): Record<string, z.ZodType> {
  return Object.fromEntries(names.split(' ').map((name) => [name, flag]))
}

import { z } from 'zod'
import * as field from './fields.ts'
import { fluxExtras, gallery, seedOnly } from './make-pictures.ts'
import { numberOf, textOf, type FalModel, type Input } from './model.ts'

const flux: FalModel = {
  fields: {
    prompt: field.text,
    image_size: field.imageSize('landscape_4_3'),
    num_images: field.count,
    seed: field.seed,
    output_format: field.oneOf('jpeg', 'png'),
    acceleration: field.oneOf('none', 'regular', 'high'),
    enable_safety_checker: field.flag,
    guidance_scale: field.number,
    num_inference_steps: z.int().optional(),
    sync_mode: field.flag,
  },
  unit: 'megapixels',
  unitPriceUsd: 0.003,
  units: (_, { megapixels }) => megapixels,
  make: gallery({ own: 'jpeg', told: 'size' }, fluxExtras),
}

const recraft: FalModel = {
  fields: {
    prompt: field.text,
    image_size: field.imageSize('square_hd'),
    colors: z.array(field.rgb).optional(),
    background_color: field.rgb.optional(),
    enable_safety_checker: field.flag,
  },
  unit: 'images',
  unitPriceUsd: 0.04,
  units: () => 1,
  make: gallery({ own: 'webp', told: 'file' }),
}

const SPEEDS: Readonly<Record<string, number>> = { TURBO: 1, BALANCED: 2, QUALITY: 3 }
const STYLE_PRESETS =
  '80S_ILLUSTRATION 90S_NOSTALGIA ABSTRACT_ORGANIC ANALOG_NOSTALGIA ART_BRUT ART_DECO ART_POSTER AURA AVANT_GARDE BAUHAUS BLUEPRINT BLURRY_MOTION BRIGHT_ART C4D_CARTOON CHILDRENS_BOOK COLLAGE COLORING_BOOK_I COLORING_BOOK_II CUBISM DARK_AURA DOODLE DOUBLE_EXPOSURE DRAMATIC_CINEMA EDITORIAL EMOTIONAL_MINIMAL ETHEREAL_PARTY EXPIRED_FILM FLAT_ART FLAT_VECTOR FOREST_REVERIE GEO_MINIMALIST GLASS_PRISM GOLDEN_HOUR GRAFFITI_I GRAFFITI_II HALFTONE_PRINT HIGH_CONTRAST HIPPIE_ERA ICONIC JAPANDI_FUSION JAZZY LONG_EXPOSURE MAGAZINE_EDITORIAL MINIMAL_ILLUSTRATION MIXED_MEDIA MONOCHROME NIGHTLIFE OIL_PAINTING OLD_CARTOONS PAINT_GESTURE POP_ART RETRO_ETCHING RIVIERA_POP SPOTLIGHT_80S STYLIZED_RED SURREAL_COLLAGE TRAVEL_POSTER VINTAGE_GEO VINTAGE_POSTER WATERCOLOR WEIRD WOODBLOCK_PRINT'
const PALETTES = ['EMBER', 'FRESH', 'JUNGLE', 'MAGIC', 'MELON', 'MOSAIC', 'PASTEL', 'ULTRAMARINE']

const ideogram: FalModel = {
  fields: {
    prompt: field.text,
    image_size: field.imageSize('square_hd'),
    num_images: field.count,
    seed: field.seed,
    negative_prompt: field.optionalText,
    image_urls: z.array(field.url).optional(),
    rendering_speed: field.oneOf('BALANCED', 'TURBO', 'QUALITY'),
    style: field.anyOf('AUTO', 'GENERAL', 'REALISTIC', 'DESIGN'),
    style_codes: z.array(field.text).optional(),
    style_preset: field.anyOf(...STYLE_PRESETS.split(' ')),
    color_palette: z
      .object({
        members: z.array(z.object({ rgb: field.rgb, color_weight: field.number })).optional(),
        name: field.anyOf(...PALETTES),
      })
      .optional(),
    expand_prompt: field.flag,
    sync_mode: field.flag,
  },
  unit: 'images',
  unitPriceUsd: 0.03,
  units: (input) =>
    (SPEEDS[textOf(input, 'rendering_speed') ?? ''] ?? 2) * (numberOf(input, 'num_images') ?? 1),
  make: gallery({ own: 'png', told: 'file' }, seedOnly),
}

const RATIOS = '21:9 16:9 3:2 4:3 5:4 1:1 4:5 3:4 2:3 9:16 4:1 1:4 8:1 1:8'.split(' ')
const TIER_UNITS: Readonly<Record<string, number>> = { '0.5K': 0.75, '1K': 1, '2K': 1.5, '4K': 2 }

/** What nano-banana-2 and its edit share. */
export const nanoBanana: FalModel = {
  fields: {
    prompt: field.text,
    aspect_ratio: field.oneOf('auto', ...RATIOS),
    resolution: field.oneOf('1K', '0.5K', '2K', '4K'),
    num_images: field.count,
    seed: field.seed,
    output_format: field.oneOf('png', 'jpeg', 'webp'),
    safety_tolerance: field.tolerance(6, '4'),
    system_prompt: field.optionalText,
    thinking_level: field.anyOf('minimal', 'high'),
    enable_web_search: field.flag,
    limit_generations: field.flag,
    sync_mode: field.flag,
  },
  unit: 'images',
  unitPriceUsd: 0.08,
  units: (input: Input) =>
    (TIER_UNITS[textOf(input, 'resolution') ?? ''] ?? 1) * (numberOf(input, 'num_images') ?? 1),
  make: gallery({ own: 'png', told: 'null' }, () => ({ description: '' })),
}

/** Models that make pictures from words. */
export const GENERATE_MODELS: Readonly<Record<string, FalModel>> = {
  'fal-ai/flux/schnell': flux,
  'fal-ai/flux/dev': { ...flux, unitPriceUsd: 0.025 },
  'fal-ai/flux-2-flex': {
    ...flux,
    fields: {
      prompt: field.text,
      image_size: field.imageSize('landscape_4_3'),
      seed: field.seed,
      output_format: field.oneOf('jpeg', 'png'),
      safety_tolerance: field.tolerance(5, '2'),
      enable_safety_checker: field.flag,
      guidance_scale: field.number,
      num_inference_steps: z.int().optional(),
      sync_mode: field.flag,
    },
    unitPriceUsd: 0.05,
    make: gallery({ own: 'jpeg', told: 'size' }, seedOnly),
  },
  'fal-ai/recraft/v4/text-to-image': recraft,
  'fal-ai/recraft/v4/pro/text-to-image': { ...recraft, unitPriceUsd: 0.25 },
  'fal-ai/ideogram/v3': ideogram,
  'fal-ai/nano-banana-2': nanoBanana,
}

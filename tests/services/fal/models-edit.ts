import { z } from 'zod'
import * as field from './fields.ts'
import { fluxExtras, gallery, single, sizeOfInput } from './make-pictures.ts'
import { numberOf, type FalModel, type Work } from './model.ts'
import { nanoBanana } from './models-generate.ts'
import type { Size } from './size.ts'

/** The picture bria upscales where none is sent: a stranger's, and it costs the same. */
export const BRIA_SAMPLE = 'https://bria-datasets.s3.us-east-1.amazonaws.com/upscale/wild-west.png'

const KONTEXT_RATIOS = '21:9 16:9 4:3 3:2 1:1 2:3 3:4 9:16 9:21'.split(' ')
const REVE_RATIOS = '4:1 3:1 21:9 2:1 17:9 16:9 3:2 4:3 5:4 1:1 4:5 3:4 2:3 9:16 1:2 1:3 1:4'

const TOPAZ_MODELS =
  'High Fidelity V2|Low Resolution V2|CGI|Text Refine|Wonder 3|Wonder|Standard MAX|Redefine|Recovery V2|Recovery'

const EDIT: Readonly<Record<string, FalModel>> = {
  'fal-ai/flux-pro/kontext': {
    fields: {
      prompt: field.text,
      image_url: field.url,
      aspect_ratio: field.anyOf(...KONTEXT_RATIOS),
      num_images: field.count,
      seed: field.seed,
      output_format: field.oneOf('jpeg', 'png'),
      safety_tolerance: field.tolerance(6, '2'),
      enhance_prompt: field.flag,
      guidance_scale: field.number,
      sync_mode: field.flag,
    },
    unit: 'images',
    unitPriceUsd: 0.04,
    units: (input) => numberOf(input, 'num_images') ?? 1,
    make: gallery({ own: 'jpeg', told: 'size' }, fluxExtras),
  },
  'fal-ai/nano-banana-2/edit': {
    ...nanoBanana,
    fields: {
      ...nanoBanana.fields,
      image_urls: z.array(field.url).optional(),
      video_url: field.optionalUrl,
      audio_url: field.optionalUrl,
      pdf_url: field.optionalUrl,
    },
    rule: (input) => {
      const sources = ['image_urls', 'video_url', 'audio_url', 'pdf_url']
      if (sources.some((name) => input[name] !== undefined)) return null
      return { loc: ['body', 'image_urls'], msg: 'Field required', type: 'missing', input: null }
    },
  },
  'reve/2.1/edit': {
    fields: {
      prompt: field.text,
      image_url: field.url,
      aspect_ratio: field.oneOf('auto', ...REVE_RATIOS.split(' ')),
      num_images: field.count,
      output_format: field.oneOf('png', 'jpeg', 'webp'),
      sync_mode: field.flag,
    },
    unit: 'images',
    unitPriceUsd: 0.25,
    units: (input) => numberOf(input, 'num_images') ?? 1,
    make: gallery({ own: 'png', told: 'size' }),
  },
}

const CUT_OUT: Readonly<Record<string, FalModel>> = {
  'fal-ai/birefnet': {
    fields: {
      image_url: field.url,
      model: field.oneOf('General Use (Light)', 'General Use (Heavy)', 'Portrait'),
      operating_resolution: field.oneOf('1024x1024', '2048x2048'),
      output_format: field.oneOf('png', 'webp', 'gif'),
      output_mask: field.flag,
      refine_foreground: field.flag,
      sync_mode: field.flag,
    },
    unit: 'compute seconds',
    unitPriceUsd: 0.0008,
    units: () => 1.84, // nobody can know it up front
    make: single({ own: 'png', told: 'size', isCutout: true }, sizeOfInput),
  },
  'fal-ai/bria/background/remove': {
    fields: { image_url: field.url, sync_mode: field.flag },
    unit: 'generations',
    unitPriceUsd: 0.018,
    units: () => 1,
    make: single({ own: 'png', told: 'size', isCutout: true }, sizeOfInput),
  },
}

const UPSCALE: Readonly<Record<string, FalModel>> = {
  'bria/upscale/creative': {
    fields: {
      image_url: field.url.default(BRIA_SAMPLE),
      preserve_alpha: field.flag,
      seed: field.seed,
      sync_mode: field.flag,
    },
    unit: 'images',
    unitPriceUsd: 0.04,
    units: () => 1,
    make: single({ own: 'png', told: 'size' }, (work) => enlarged(work, 2, 10_000_000)),
  },
  'fal-ai/topaz/upscale/image': {
    fields: {
      image_url: field.url,
      upscale_factor: z.number().default(2),
      output_format: field.oneOf('jpeg', 'png'),
      model: field.oneOf('Standard V2', ...TOPAZ_MODELS.split('|')),
      subject_detection: field.oneOf('All', 'Foreground', 'Background'),
      enhancement_strength: field.anyOf('low', 'medium', 'high'),
      crop_to_fill: field.flag,
      face_enhancement: field.flag,
      autoprompt: field.flag,
      prompt: field.optionalText,
      ...field.numbers('creativity denoise detail face_enhancement_creativity fix_compression'),
      ...field.numbers('face_enhancement_strength sharpen strength texture'),
    },
    unit: 'megapixels',
    unitPriceUsd: 0.01,
    // 8 up to 24 megapixels, then twice that for each doubling.
    units: (_, { pixels }) => 8 * 2 ** Math.max(0, Math.ceil(Math.log2(pixels / 24_000_000))),
    make: single({ own: 'jpeg', told: 'file' }, (work) =>
      enlarged(work, numberOf(work.input, 'upscale_factor') ?? 2, 512_000_000),
    ),
  },
}

/** Models that work on a picture. */
export const EDIT_MODELS: Readonly<Record<string, FalModel>> = { ...EDIT, ...CUT_OUT, ...UPSCALE }

function enlarged(work: Work, factor: number, pixelsMax: number): Size {
  const { width, height } = sizeOfInput(work)
  const scale = Math.min(factor, Math.sqrt(pixelsMax / (width * height)))
  return {
    width: Math.max(1, Math.floor(width * scale)),
    height: Math.max(1, Math.floor(height * scale)),
  }
}

import { z } from 'zod'
import * as field from './fields.ts'
import { numberOf, textOf, type FalModel, type Made, type Work } from './model.ts'
import { glb, safetensors, svg } from './shapes.ts'

/** A model whose every job costs the same. */
function flat(
  fields: FalModel['fields'],
  unitPriceUsd: number,
  make: (work: Work) => Record<string, unknown>,
): FalModel {
  const made = async (work: Work): Promise<Made> => ({
    body: make(work),
    megapixels: 0,
    pixels: 0,
  })
  return { fields, unit: 'generations', unitPriceUsd, units: () => 1, make: made }
}

const binary = 'application/octet-stream'

/** Models that make neither pictures of pixels nor films nor sounds. */
export const OTHER_MODELS: Readonly<Record<string, FalModel>> = {
  'fal-ai/trellis': flat({ image_url: field.url, seed: field.seed }, 0.02, ({ store }) => ({
    model_mesh: {
      url: store(glb(), binary, 'glb'),
      content_type: binary,
      file_name: 'trellis.glb',
      file_size: glb().length,
    },
    timings: { prepare: 1.5 },
  })),
  'fal-ai/flux-lora-fast-training': {
    ...flat(
      { images_data_url: field.url, steps: z.int().default(1000), trigger_word: field.text },
      0.002,
      ({ store }) => ({
        config_file: {
          url: store(Buffer.from('{"rank":16}'), 'application/json', 'json'),
          content_type: 'application/json',
          file_name: 'config.json',
        },
        debug_preprocessed_output: null,
        diffusers_lora_file: {
          url: store(safetensors(), binary, 'safetensors'),
          content_type: binary,
          file_name: 'pytorch_lora_weights.safetensors',
        },
      }),
    ),
    unit: 'steps',
    units: (input) => numberOf(input, 'steps') ?? 1000,
  },
  'fal-ai/recraft/v3/text-to-vector': flat({ prompt: field.text }, 0.08, ({ store }) => ({
    images: [
      {
        url: store(svg(), 'image/svg+xml', 'svg'),
        content_type: 'image/svg+xml',
        file_name: 'image.svg',
        file_size: svg().length,
      },
    ],
  })),
  'fal-ai/any-llm': flat(
    { prompt: field.text, model: field.optionalText, system_prompt: field.optionalText },
    0.001,
    ({ input }) => ({
      output: `You said “${textOf(input, 'prompt') ?? ''}”.`,
      reasoning: null,
      partial: false,
      error: null,
    }),
  ),
  'fal-ai/whisper': flat({ audio_url: field.url }, 0.001, () => ({
    text: 'Hello there.',
    chunks: [{ timestamp: [0, 1.2], text: 'Hello there.' }],
    inferred_languages: ['en'],
  })),
  'fal-ai/imageutils/nsfw': flat({ image_url: field.url }, 0.001, () => ({
    nsfw_probability: 0,
  })),
}

import { z } from 'zod'
import * as field from './fields.ts'
import { fluxExtras, gallery } from './make-pictures.ts'
import type { FalModel } from './model.ts'

const general: FalModel = {
  fields: {
    prompt: field.text,
    image_size: field.imageSize(),
    num_images: field.count,
    seed: field.seed,
    output_format: field.oneOf('png', 'jpeg'),
    negative_prompt: field.optionalText,
    controlnets: field.controlnets,
    controlnet_unions: z
      .array(
        z.object({
          path: field.text,
          config_url: field.optionalUrl,
          variant: field.optionalText,
          controls: z.array(
            z.object({
              control_image_url: field.url,
              control_mode: z.enum([
                'canny',
                'tile',
                'depth',
                'blur',
                'pose',
                'gray',
                'low-quality',
              ]),
              mask_image_url: field.optionalUrl,
            }),
          ),
        }),
      )
      .optional(),
    control_loras: z
      .array(
        z.object({
          path: field.text,
          control_image_url: field.url,
          preprocess: field.oneOf('None', 'canny', 'depth'),
        }),
      )
      .optional(),
    easycontrols: z
      .array(
        z.object({
          control_method_url: field.url,
          image_control_type: z.enum(['subject', 'spatial']),
          image_url: field.url,
          scale: field.number,
        }),
      )
      .optional(),
    ip_adapters: field.ipAdapters,
    loras: field.loras,
    fill_image: z.looseObject({ in_context_fill: field.flag, use_prompt: field.flag }).optional(),
    reference_image_url: field.optionalUrl,
    scheduler: field.oneOf('euler', 'dpmpp_2m'),
    sigma_schedule: field.optionalText,
    ...field.numbers('base_shift max_shift guidance_scale nag_alpha nag_end nag_scale nag_tau'),
    ...field.numbers('num_inference_steps real_cfg_scale reference_end reference_start'),
    ...field.numbers('reference_strength'),
    ...field.flags('enable_safety_checker sync_mode use_beta_schedule use_cfg_zero use_real_cfg'),
  },
  unit: 'megapixels',
  unitPriceUsd: 0.075,
  units: (_, { megapixels }) => megapixels,
  make: gallery({ own: 'png', told: 'size' }, fluxExtras),
}

const SCHEDULERS =
  'DPM++ 2M|DPM++ 2M Karras|DPM++ 2M SDE|DPM++ 2M SDE Karras|Euler|Euler A|Euler (trailing timesteps)|LCM|LCM (trailing timesteps)|DDIM|TCD'
const steps = z
  .object({ method: field.oneOf('default', 'array'), array: z.array(z.number()).optional() })
  .optional()

const lora: FalModel = {
  fields: {
    model_name: field.text,
    prompt: field.text,
    image_size: field.imageSize('square_hd'),
    num_images: field.count,
    seed: field.seed,
    image_format: field.oneOf('png', 'jpeg'),
    negative_prompt: field.optionalText,
    controlnets: field.controlnets,
    embeddings: z
      .array(z.object({ path: field.text, tokens: z.array(field.text).optional() }))
      .optional(),
    ip_adapter: field.ipAdapters,
    loras: field.loras,
    prediction_type: field.oneOf('epsilon', 'v_prediction'),
    scheduler: field.anyOf(...SCHEDULERS.split('|')),
    sigmas: steps,
    timesteps: steps,
    image_encoder_path: field.optionalText,
    image_encoder_subfolder: field.optionalText,
    image_encoder_weight_name: field.optionalText,
    unet_name: field.optionalText,
    variant: field.optionalText,
    ic_light_image_url: field.optionalUrl,
    ic_light_model_background_image_url: field.optionalUrl,
    ic_light_model_url: field.optionalUrl,
    ...field.numbers('clip_skip eta guidance_scale num_inference_steps'),
    ...field.numbers('tile_height tile_width tile_stride_height tile_stride_width'),
    ...field.flags(
      'controlnet_guess_mode debug_latents debug_per_pass_latents enable_safety_checker',
    ),
    ...field.flags('prompt_weighting rescale_betas_snr_zero'),
  },
  unit: 'compute seconds',
  unitPriceUsd: 0.001,
  units: () => 4.2, // nobody can know it up front
  make: gallery({ own: 'png', told: 'size', field: 'image_format' }, ({ seed }, count) => ({
    seed,
    has_nsfw_concepts: Array.from({ length: count }, () => false),
  })),
}

/** Models that load weights of the caller's choice. */
export const CONTROL_MODELS: Readonly<Record<string, FalModel>> = {
  'fal-ai/flux-general': general,
  'fal-ai/lora': lora,
}

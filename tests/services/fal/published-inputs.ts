import { CATALOG, type Model } from '../../../src/pricing/catalog.ts'
import type { ProviderRequest } from '../../../src/providers/provider.ts'
import type { InputImage } from '../../../src/media/image.ts'

/**
 * What fal's published input types say of each endpoint, state of 2026-10: field, `!` where required, and
 * its type or values (`#`: numbers). Here bria's image_url and the image_urls of nano-banana-2/edit are
 * required, for there is nothing to work on without, and sora's duration is the number others record.
 */
const INPUTS: Record<string, string> = {
  'fal-ai/flux/schnell': `
    prompt! string, acceleration none|regular|high, enable_safety_checker boolean, guidance_scale number, image_size size,
    num_images number, num_inference_steps number, output_format jpeg|png, seed number, sync_mode boolean`,
  'fal-ai/flux-2-flex': `
    prompt! string, enable_safety_checker boolean, guidance_scale number, image_size size, num_inference_steps number, output_format
    jpeg|png, safety_tolerance 1|2|3|4|5, seed number, sync_mode boolean`,
  'fal-ai/recraft/v4/text-to-image': `
    prompt! string, background_color object, colors array, enable_safety_checker boolean, image_size size`,
  'fal-ai/recraft/v4/pro/text-to-image': `
    prompt! string, background_color object, colors array, enable_safety_checker boolean, image_size size`,
  'fal-ai/ideogram/v3': `
    prompt! string, color_palette object, expand_prompt boolean, image_size size, image_urls array, negative_prompt string,
    num_images number, rendering_speed TURBO|BALANCED|QUALITY, seed number, style AUTO|GENERAL|REALISTIC|DESIGN, style_codes array,
    style_preset string, sync_mode boolean`,
  'fal-ai/nano-banana-2': `
    prompt! string, aspect_ratio auto|21:9|16:9|3:2|4:3|5:4|1:1|4:5|3:4|2:3|9:16|4:1|1:4|8:1|1:8, enable_web_search boolean,
    limit_generations boolean, num_images number, output_format jpeg|png|webp, resolution 0.5K|1K|2K|4K, safety_tolerance
    1|2|3|4|5|6, seed number, sync_mode boolean, system_prompt string, thinking_level minimal|high`,
  'fal-ai/flux-pro/kontext': `
    image_url! string, prompt! string, aspect_ratio 21:9|16:9|4:3|3:2|1:1|2:3|3:4|9:16|9:21, enhance_prompt boolean, guidance_scale
    number, num_images number, output_format jpeg|png, safety_tolerance 1|2|3|4|5|6, seed number, sync_mode boolean`,
  'fal-ai/nano-banana-2/edit': `
    prompt! string, aspect_ratio auto|21:9|16:9|3:2|4:3|5:4|1:1|4:5|3:4|2:3|9:16|4:1|1:4|8:1|1:8, audio_url string,
    enable_web_search boolean, image_urls! array, limit_generations boolean, num_images number, output_format jpeg|png|webp, pdf_url
    string, resolution 0.5K|1K|2K|4K, safety_tolerance 1|2|3|4|5|6, seed number, sync_mode boolean, system_prompt string,
    thinking_level minimal|high, video_url string`,
  'reve/2.1/edit': `
    image_url! string, prompt! string, aspect_ratio 4:1|3:1|21:9|2:1|17:9|16:9|3:2|4:3|5:4|1:1|4:5|3:4|2:3|9:16|1:2|1:3|1:4|auto,
    num_images number, output_format png|jpeg|webp, sync_mode boolean`,
  'fal-ai/birefnet': `
    image_url! string, model General Use (Light)|General Use (Heavy)|Portrait, operating_resolution 1024x1024|2048x2048,
    output_format webp|png|gif, output_mask boolean, refine_foreground boolean, sync_mode boolean`,
  'fal-ai/bria/background/remove': `
    image_url! string, sync_mode boolean`,
  'bria/upscale/creative': `
    image_url! string, preserve_alpha boolean, seed number, sync_mode boolean`,
  'fal-ai/topaz/upscale/image': `
    image_url! string, autoprompt boolean, creativity number, crop_to_fill boolean, denoise number, detail number,
    enhancement_strength low|medium|high, face_enhancement boolean, face_enhancement_creativity number, face_enhancement_strength
    number, fix_compression number, model Standard V2|High Fidelity V2|Low Resolution V2|CGI|Text Refine|Wonder 3|Wonder|Standard
    MAX|Redefine|Recovery V2|Recovery, output_format jpeg|png, prompt string, sharpen number, strength number, subject_detection
    All|Foreground|Background, texture number, upscale_factor number`,
  'fal-ai/minimax/hailuo-02/standard/text-to-video': `
    prompt! string, duration 6|10, prompt_optimizer boolean`,
  'fal-ai/kling-video/v2.5-turbo/pro/text-to-video': `
    prompt! string, aspect_ratio 16:9|9:16|1:1, cfg_scale number, duration 5|10, negative_prompt string`,
  'fal-ai/kling-video/v3/pro/text-to-video': `
    aspect_ratio 16:9|9:16|1:1, cfg_scale number, duration 3|4|5|6|7|8|9|10|11|12|13|14|15, generate_audio boolean, multi_prompt
    array, negative_prompt string, prompt string, shot_type customize|intelligent`,
  'fal-ai/veo3.1': `
    prompt! string, aspect_ratio 16:9|9:16, auto_fix boolean, duration 4s|6s|8s, generate_audio boolean, negative_prompt string,
    resolution 720p|1080p|4k, safety_tolerance 1|2|3|4|5|6, seed number`,
  'fal-ai/sora-2/text-to-video/pro': `
    prompt! string, aspect_ratio 9:16|16:9, character_ids array, delete_video boolean, detect_and_block_ip boolean, duration
    #4|8|12|16|20, resolution 720p|1080p|true_1080p`,
  'fal-ai/minimax/speech-02-hd': `
    text! string, audio_setting object, language_boost string, output_format url|hex, pronunciation_dict object, voice_setting
    object`,
  'fal-ai/flux-general': `
    prompt! string, base_shift number, control_loras array, controlnet_unions array, controlnets array, easycontrols array,
    enable_safety_checker boolean, fill_image object, guidance_scale number, image_size size, ip_adapters array, loras array,
    max_shift number, nag_alpha number, nag_end number, nag_scale number, nag_tau number, negative_prompt string, num_images number,
    num_inference_steps number, output_format jpeg|png, real_cfg_scale number, reference_end number, reference_image_url string,
    reference_start number, reference_strength number, scheduler string, seed number, sigma_schedule string, sync_mode boolean,
    use_beta_schedule boolean, use_cfg_zero boolean, use_real_cfg boolean`,
  'fal-ai/lora': `
    model_name! string, prompt! string, clip_skip number, controlnet_guess_mode boolean, controlnets array, debug_latents boolean,
    debug_per_pass_latents boolean, embeddings array, enable_safety_checker boolean, eta number, guidance_scale number,
    ic_light_image_url string, ic_light_model_background_image_url string, ic_light_model_url string, image_encoder_path string,
    image_encoder_subfolder string, image_encoder_weight_name string, image_format jpeg|png, image_size size, ip_adapter array,
    loras array, negative_prompt string, num_images number, num_inference_steps number, prediction_type v_prediction|epsilon,
    prompt_weighting boolean, rescale_betas_snr_zero boolean, scheduler string, seed number, sigmas object, tile_height number,
    tile_stride_height number, tile_stride_width number, tile_width number, timesteps object, unet_name string, variant string`,
}

type Field = { isRequired: boolean; spec: string }

/** The fields of each endpoint by name. */
export const FAL_INPUTS: ReadonlyMap<string, ReadonlyMap<string, Field>> = new Map(
  Object.entries(INPUTS).map(([endpoint, text]) => [
    endpoint,
    new Map(text.split(',').map(readField)),
  ]),
)

function readField(text: string): [string, Field] {
  const [name = '', ...spec] = text.trim().split(/\s+/)
  return [name.replace('!', ''), { isRequired: name.endsWith('!'), spec: spec.join(' ') }]
}

/** What is wrong with an input by the published types: unknown, missing and mistyped fields. */
export function inputProblems(endpoint: string, input: Record<string, unknown>): string[] {
  const fields = FAL_INPUTS.get(endpoint)
  if (fields === undefined) return [`no facts about ${endpoint}`]
  const missing = [...fields].filter(([name, { isRequired }]) => isRequired && !(name in input))
  return [
    ...missing.map(([name]) => `${name} is missing`),
    ...Object.entries(input).flatMap(([name, value]) => {
      const field = fields.get(name)
      if (field === undefined) return [`${name} is unknown`]
      return fits(field.spec, value)
        ? []
        : [`${name} is ${JSON.stringify(value)}, not ${field.spec}`]
    }),
  ]
}

const SIZE_NAMES = 'square_hd|square|portrait_4_3|portrait_16_9|landscape_4_3|landscape_16_9'

function fits(spec: string, value: unknown): boolean {
  if (['string', 'number', 'boolean'].includes(spec)) return typeof value === spec
  if (spec === 'array') return Array.isArray(value)
  if (spec === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value)
  if (spec === 'size') return fits(SIZE_NAMES, value) || isPixels(value)
  if (spec.startsWith('#')) return typeof value === 'number' && fits(spec.slice(1), `${value}`)
  return typeof value === 'string' && spec.split('|').includes(value)
}

function isPixels(value: unknown): boolean {
  if (!fits('object', value)) return false
  const sides = Object.entries(value as Record<string, unknown>)
  return (
    sides
      .map(([name]) => name)
      .toSorted()
      .join() === 'height,width' &&
    sides.every(([, side]) => typeof side === 'number' && side >= 1 && side <= 14_142)
  )
}

export type Served = Model & { endpoint: string }

/** The priced models that fal serves. */
export const SERVED: Served[] = CATALOG.flatMap((model) =>
  model.endpoint === null ? [] : [{ ...model, endpoint: model.endpoint }],
)

export const IMAGE: InputImage = {
  bytes: new Uint8Array(1),
  mimeType: 'image/png',
  width: 800,
  height: 600,
  name: 'a.png',
}

/** For each `run` endpoint the least input it works with, and a fuller one, as JSON without spaces. */
const RUN_INPUTS = readRows(`
  fal-ai/minimax/hailuo-02/standard/text-to-video {"prompt":"fox"} {"prompt":"fox","duration":10,"prompt_optimizer":false}
  fal-ai/kling-video/v2.5-turbo/pro/text-to-video {"prompt":"fox"} {"prompt":"fox","duration":"10s","aspect_ratio":"1:1","negative_prompt":"rain"}
  fal-ai/kling-video/v3/pro/text-to-video {"prompt":"fox"} {"multi_prompt":[{"prompt":"a","duration":"7"},{"prompt":"b"}],"duration":12}
  fal-ai/veo3.1 {"prompt":"fox"} {"prompt":"fox","duration":8,"resolution":"1080p","generate_audio":false,"seed":7}
  fal-ai/sora-2/text-to-video/pro {"prompt":"fox"} {"prompt":"fox","duration":"12","resolution":"720p"}
  fal-ai/minimax/speech-02-hd {"text":"Hi."} {"text":"Hi.","output_format":"hex","voice_setting":{"voice_id":"Wise_Woman"}}
  fal-ai/flux-general {"prompt":"fox"} {"prompt":"fox","num_images":1,"controlnets":[{"path":"acme/x","control_image_url":"https://e.com/a.png"}]}
  fal-ai/lora {"prompt":"fox","model_name":"acme/sdxl"} {"prompt":"fox","model_name":"https://e.com/x.safetensors","image_format":"png","seed":1}
`)

/** Rows of words; the spaces at their ends are for the eye. */
function readRows(text: string): string[][] {
  const rows = text.trim().split(/\s*\n\s*/)
  return rows.map((row) => row.split(/\s+/))
}

function runInput(endpoint: string, place: 1 | 2): Record<string, unknown> {
  return JSON.parse(RUN_INPUTS.find(([name]) => name === endpoint)?.[place] ?? '{}')
}

/** The least that a tool asks of a model. */
export function leastOf({ operation, id, endpoint }: Served): ProviderRequest {
  const common = { model: id, count: 1, prompt: 'fox' }
  switch (operation) {
    case 'generateImage':
      return { ...common, operation, width: 1024, height: 576 }
    case 'editImage':
      return { ...common, operation, images: [IMAGE] }
    case 'removeBackground':
      return { ...common, operation, image: IMAGE }
    case 'upscale':
      return { ...common, operation, image: IMAGE, scale: 2 }
    case 'run':
      return { ...common, operation, input: runInput(endpoint, 1) }
  }
}

/** Everything a tool can ask of a model at once. */
export function fullOf(model: Served): ProviderRequest {
  const least = leastOf(model)
  const asked = { count: 3, seed: 9, outputFormat: 'webp' } as const
  switch (least.operation) {
    case 'generateImage':
      return { ...least, ...asked, negativePrompt: 'rain', width: 2048, height: 900 }
    case 'editImage':
      return { ...least, ...asked, images: [IMAGE, IMAGE, IMAGE], mask: IMAGE }
    case 'removeBackground':
      return least
    case 'upscale':
      return { ...least, scale: 8 }
    case 'run':
      return { ...least, input: runInput(model.endpoint, 2) }
  }
}

/** A field and a link in it that fal may not be made to fetch. */
export const BAD_LINKS = readRows(`
  image_url http://e.com/a.png
  image_url /etc/passwd
  image_url file:///etc/passwd
  image_url asset_1
  image_url https://token@e.com/a.png
  image_url https://127.0.0.1/a.png
  image_url https://2130706433/a.png
  image_url https://[::1]/a.png
  image_url https://localhost./a.png
  image_url https://metadata.google.internal/
  image_url https://e.com/${'a'.repeat(2048)}
  audio_url data:audio/wav;base64,${'A'.repeat(14_100_000)}
  model_name file:///etc/passwd
  path http://10.0.0.1/a
`)

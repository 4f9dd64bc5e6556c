import { BASE_PIXELS, SIDE_MAX } from './sizes.ts'

/** The length of a video in seconds, and the form that the endpoint takes. */
export type Seconds = {
  kind: 'seconds'
  form: '6' | '6s' | 'integer'
  offered: readonly number[]
  /** Sent if the caller gives none: the endpoint's own default can be longer than the list price covers. */
  defaultSeconds: number
  /** Name of a field with a list of shots, each with a length. This length must cover their sum. */
  shots?: string
}

/** The allowed values of an input field, and the largest value that the price covers. */
export type FieldRule =
  | { kind: 'text'; max: number }
  | { kind: 'number'; min?: number; max?: number; whole?: true }
  | { kind: 'flag' }
  /** `substitutes`: values that the price does not cover, and the values that are sent in their place. */
  | { kind: 'choice'; values: readonly string[]; substitutes?: Readonly<Record<string, string>> }
  | { kind: 'size'; pixels: number }
  | { kind: 'list'; max: number }
  | { kind: 'object' }
  | Seconds

/** An input field of `run`. `about` describes it. `required`: always, or only without the field that it names. */
export type Field = FieldRule & { about: string; required?: true | string }
export type Fields = Readonly<Record<string, Field>>

const TEXT_MAX = 10_000

const text = (about: string, max = TEXT_MAX): Field => ({ kind: 'text', max, about })
const number = (about: string, min?: number, max?: number): Field => ({
  kind: 'number',
  ...(min !== undefined && { min }),
  ...(max !== undefined && { max }),
  about,
})
const whole = (about: string, min: number, max: number): Field => ({
  ...number(about, min, max),
  kind: 'number',
  whole: true,
})
const flag = (about: string): Field => ({ kind: 'flag', about })
const choice = (about: string, values: string): Field => ({
  kind: 'choice',
  values: values.split(' '),
  about,
})
const list = (about: string, max: number): Field => ({ kind: 'list', max, about })
const required = (field: Field): Field => ({ ...field, required: true })
const seconds = (rule: Omit<Seconds, 'kind'>): Field => ({
  kind: 'seconds',
  ...rule,
  about: 'How long it lasts; the price grows with it.',
})

const PROMPT = text('What to make.')
const NEGATIVE = text('What to avoid.')
const SEED = whole('The same seed repeats a result where the model allows it.', 0, 2 ** 32 - 1)
const AUDIO = flag('Whether the film has sound; it has where nothing is said.')
const GUIDANCE = number('How closely the prompt is followed.')
const CHECKED = flag("fal.ai's safety check.")
const SIZE = 'A named size such as square_hd, or {"width","height"} in pixels.'
const LORAS = list('Weights to load: {"path","scale"}.', 4)
const COUNT = whole('How many outputs; the price is for each.', 1, 4)

const FLUX_GENERAL: Fields = {
  prompt: required(PROMPT),
  image_size: { kind: 'size', pixels: SIDE_MAX ** 2, about: SIZE },
  negative_prompt: NEGATIVE,
  seed: SEED,
  output_format: choice('File type.', 'png jpeg'),
  num_inference_steps: whole('How long it works on the picture; 28 is usual.', 1, 50),
  guidance_scale: GUIDANCE,
  controlnets: list('What shapes the picture: {"path","control_image_url"}.', 4),
  controlnet_unions: list('As controlnets, with several kinds of control in one model.', 4),
  control_loras: list('As controlnets, by LoRA weights.', 4),
  easycontrols: list('Pictures that steer: {"control_method_url","image_url"}.', 4),
  ip_adapters: list('Pictures to follow: {"path","image_url","image_encoder_path","scale"}.', 4),
  loras: LORAS,
  fill_image: { kind: 'object', about: 'A picture to fill in.' },
  reference_image_url: text('A picture to be like.'),
  reference_strength: number('How like it.'),
  reference_start: number('From which part of the work on.'),
  reference_end: number('Up to which part of the work.'),
  scheduler: choice('Sampler.', 'euler dpmpp_2m'),
  sigma_schedule: text('Noise schedule.'),
  base_shift: number('Shift for small pictures.'),
  max_shift: number('Shift for large pictures.'),
  nag_alpha: number('Negative guidance: blend.'),
  nag_end: number('Negative guidance: end.'),
  nag_scale: number('Negative guidance: strength.'),
  nag_tau: number('Negative guidance: bound.'),
  real_cfg_scale: number('Strength of real guidance.'),
  use_real_cfg: flag('Real guidance.'),
  use_cfg_zero: flag('Guidance from zero.'),
  use_beta_schedule: flag('Beta noise schedule.'),
  enable_safety_checker: CHECKED,
}

/** The price of compute time follows only the steps. So the size is limited to the base, and lists are short. */
const LORA: Fields = {
  model_name: required(text('The base model: a name or a link to weights.')),
  prompt: required(PROMPT),
  image_size: { kind: 'size', pixels: BASE_PIXELS, about: SIZE },
  negative_prompt: NEGATIVE,
  seed: SEED,
  image_format: choice('File type.', 'png jpeg'),
  num_inference_steps: whole('How long it works on the picture; above 30 the price grows.', 1, 100),
  guidance_scale: GUIDANCE,
  loras: LORAS,
  controlnets: list('What shapes the picture: {"path","control_image_url"}.', 1),
  ip_adapter: list('Pictures to follow: {"path","image_url"}.', 1),
  embeddings: list('Textual embeddings: {"path","tokens"}.', 4),
  scheduler: text('Sampler.', 100),
  clip_skip: whole('Layers of the text model to leave out.', 0, 4),
  eta: number('Noise of the sampler.'),
  variant: text('Variant of the base model.', 100),
  unet_name: text('Another network for the base model.'),
  prediction_type: choice('How the base model was trained.', 'epsilon v_prediction'),
  prompt_weighting: flag('Whether (brackets) weigh words.'),
  rescale_betas_snr_zero: flag('Rescaled noise.'),
  image_encoder_path: text('Where the image encoder is.'),
  image_encoder_subfolder: text('Its folder.'),
  image_encoder_weight_name: text('Its file.'),
  enable_safety_checker: CHECKED,
}

/**
 * The fields that `run` may pass to each priced endpoint: fal's published input types, October 2026, without fields
 * that change where the result is delivered. fal's types hold no ranges; the ranges here are what the price covers.
 */
export const RUN_FIELDS: ReadonlyMap<string, Fields> = new Map(
  Object.entries<Fields>({
    'fal-ai/minimax/hailuo-02/standard/text-to-video': {
      prompt: required(PROMPT),
      duration: seconds({ form: '6', offered: [6, 10], defaultSeconds: 6 }),
      prompt_optimizer: flag('Whether fal.ai may improve the prompt.'),
    },
    'fal-ai/kling-video/v2.5-turbo/pro/text-to-video': {
      prompt: required(PROMPT),
      duration: seconds({ form: '6', offered: [5, 10], defaultSeconds: 5 }),
      aspect_ratio: choice('Shape.', '16:9 9:16 1:1'),
      negative_prompt: NEGATIVE,
      cfg_scale: GUIDANCE,
    },
    'fal-ai/kling-video/v3/pro/text-to-video': {
      prompt: { ...PROMPT, required: 'multi_prompt' },
      duration: seconds({
        form: '6',
        offered: [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        defaultSeconds: 5,
        shots: 'multi_prompt',
      }),
      aspect_ratio: choice('Shape.', '16:9 9:16 1:1'),
      generate_audio: AUDIO,
      multi_prompt: list('Shots, in place of prompt: {"prompt","duration"}.', 15),
      shot_type: choice('Who cuts the shots.', 'customize intelligent'),
      negative_prompt: NEGATIVE,
      cfg_scale: GUIDANCE,
    },
    'fal-ai/veo3.1': {
      prompt: required(PROMPT),
      duration: seconds({ form: '6s', offered: [4, 6, 8], defaultSeconds: 4 }),
      resolution: choice('Size; 4k costs more.', '720p 1080p 4k'),
      generate_audio: AUDIO,
      aspect_ratio: choice('Shape.', '16:9 9:16'),
      negative_prompt: NEGATIVE,
      seed: SEED,
      auto_fix: flag('Whether fal.ai may change a prompt that breaks its rules.'),
      safety_tolerance: choice('1 is strictest.', '1 2 3 4 5 6'),
    },
    'fal-ai/sora-2/text-to-video/pro': {
      prompt: required(PROMPT),
      // The published type is text, but every recorded request has a number.
      duration: seconds({ form: 'integer', offered: [4, 8, 12, 16, 20], defaultSeconds: 4 }),
      resolution: {
        kind: 'choice',
        values: ['720p', '1080p'],
        substitutes: { true_1080p: '1080p' }, // true_1080p has no published price
        about: 'Size; 720p costs less where the film is long.',
      },
      aspect_ratio: choice('Shape.', '16:9 9:16'),
      character_ids: list('Characters to use.', 4),
      delete_video: flag('Whether fal.ai deletes the film afterwards.'),
      detect_and_block_ip: flag('Whether protected characters are refused.'),
    },
    'fal-ai/minimax/speech-02-hd': {
      text: required(text('What to say; above 500 characters the price grows.', 5000)),
      voice_setting: { kind: 'object', about: '{"voice_id","speed","vol","pitch","emotion"}.' },
      audio_setting: { kind: 'object', about: '{"format","sample_rate","bitrate","channel"}.' },
      language_boost: text('Language to expect.', 100),
      pronunciation_dict: { kind: 'object', about: '{"tone_list"}.' },
      // By default the endpoint returns hex text in place of a file.
      output_format: {
        kind: 'choice',
        values: ['url'],
        substitutes: { hex: 'url' },
        about: 'url.',
      },
    },
    'fal-ai/flux-general': FLUX_GENERAL,
    'fal-ai/lora': LORA,
  }).map(([endpoint, fields]) => [endpoint, { ...fields, num_images: COUNT }]),
)

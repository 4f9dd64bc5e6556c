import { z } from 'zod'
import * as field from './fields.ts'
import { secondsOf, sora, sound, speech, video } from './make-media.ts'
import { textOf, type FalModel } from './model.ts'

const digits = (first: number, last: number): string[] =>
  Array.from({ length: last - first + 1 }, (_, at) => String(first + at))

const WIDE = ['9:16', '1:1']
const SORA_SECONDS = ['4', '8', '12', '16', '20']
const EMOTIONS = ['happy', 'sad', 'angry', 'fearful', 'disgusted', 'surprised', 'neutral']
const LANGUAGES =
  'Chinese|Chinese,Yue|English|Arabic|Russian|Spanish|French|Portuguese|German|Turkish|Dutch|Ukrainian|Vietnamese|Indonesian|Japanese|Italian|Korean|Thai|Polish|Romanian|Greek|Czech|Finnish|Hindi|Bulgarian|Danish|Hebrew|Malay|Slovak|Swedish|Croatian|Hungarian|Norwegian|Slovenian|Catalan|Nynorsk|Afrikaans|auto'

const VIDEO: Readonly<Record<string, FalModel>> = {
  'fal-ai/minimax/hailuo-02/standard/text-to-video': {
    fields: {
      prompt: field.text,
      duration: field.oneOf('6', '10'),
      prompt_optimizer: field.flag,
    },
    unit: 'seconds',
    unitPriceUsd: 0.045,
    units: secondsOf,
    make: video,
  },
  'fal-ai/kling-video/v2.5-turbo/pro/text-to-video': {
    fields: {
      prompt: field.text,
      duration: field.oneOf('5', '10'),
      aspect_ratio: field.oneOf('16:9', ...WIDE),
      negative_prompt: field.optionalText,
      cfg_scale: field.number,
    },
    unit: 'seconds',
    unitPriceUsd: 0.07,
    units: secondsOf,
    make: video,
  },
  'fal-ai/kling-video/v3/pro/text-to-video': {
    fields: {
      prompt: field.optionalText,
      duration: field.oneOf('5', ...digits(3, 4), ...digits(6, 15)),
      aspect_ratio: field.oneOf('16:9', ...WIDE),
      negative_prompt: field.optionalText,
      generate_audio: z.boolean().default(true),
      multi_prompt: z
        .array(z.object({ prompt: field.text, duration: field.oneOf('5', ...digits(1, 15)) }))
        .optional(),
      shot_type: field.oneOf('customize', 'intelligent'),
      cfg_scale: field.number,
    },
    unit: 'seconds',
    unitPriceUsd: 0.14,
    units: (input) => secondsOf(input) * (input['generate_audio'] === true ? 1.2 : 0.8),
    make: video,
  },
  'fal-ai/veo3.1': {
    fields: {
      prompt: field.text,
      duration: field.oneOf('8s', '4s', '6s'),
      aspect_ratio: field.oneOf('16:9', '9:16'),
      resolution: field.oneOf('720p', '1080p', '4k'),
      negative_prompt: field.optionalText,
      generate_audio: z.boolean().default(true),
      seed: field.seed,
      safety_tolerance: field.tolerance(6, '4'),
      auto_fix: field.flag,
    },
    unit: 'seconds',
    unitPriceUsd: 0.4,
    units: (input) => {
      const silent = textOf(input, 'resolution') === '4k' ? 1 : 0.5
      return secondsOf(input) * (input['generate_audio'] === true ? silent + 0.5 : silent)
    },
    make: video,
  },
  'fal-ai/sora-2/text-to-video/pro': {
    fields: {
      prompt: field.text,
      // The one model seen to take a whole number as well.
      duration: z.union([z.enum(SORA_SECONDS), z.literal(SORA_SECONDS.map(Number))]).default('4'),
      aspect_ratio: field.oneOf('16:9', '9:16'),
      resolution: field.oneOf('1080p', '720p', 'true_1080p'),
      character_ids: z.array(field.text).optional(),
      delete_video: field.flag,
      detect_and_block_ip: field.flag,
    },
    unit: 'seconds',
    unitPriceUsd: 0.1,
    units: (input) => secondsOf(input) * (textOf(input, 'resolution') === '720p' ? 3 : 5),
    make: sora,
  },
}

const AUDIO: Readonly<Record<string, FalModel>> = {
  'fal-ai/minimax/speech-02-hd': {
    fields: {
      text: z.string().max(5000),
      output_format: field.oneOf('hex', 'url'),
      language_boost: field.anyOf(...LANGUAGES.split('|')),
      voice_setting: z
        .object({
          voice_id: field.optionalText,
          speed: field.number,
          vol: field.number,
          pitch: field.number,
          emotion: field.anyOf(...EMOTIONS),
          english_normalization: field.flag,
        })
        .optional(),
      audio_setting: z
        .object({
          format: field.oneOf('mp3', 'pcm', 'flac'),
          sample_rate: z.literal([8000, 16_000, 22_050, 24_000, 32_000, 44_100]).optional(),
          bitrate: z.literal([32_000, 64_000, 128_000, 256_000]).optional(),
          channel: z.literal([1, 2]).optional(),
        })
        .optional(),
      pronunciation_dict: z.object({ tone_list: z.array(field.text).optional() }).optional(),
    },
    unit: '1000 characters',
    unitPriceUsd: 0.1,
    units: (input) => Array.from(textOf(input, 'text') ?? '').length / 1000, // code points
    make: speech,
  },
  'fal-ai/elevenlabs/sound-effects/v2': {
    fields: {
      text: field.text,
      duration_seconds: field.number,
      loop: field.flag,
      output_format: field.optionalText,
      prompt_influence: field.number,
    },
    unit: 'seconds',
    unitPriceUsd: 0.002,
    units: (input) => Number(input['duration_seconds'] ?? 5),
    make: sound,
  },
}

/** Models that make films and sounds. */
export const MEDIA_MODELS: Readonly<Record<string, FalModel>> = { ...VIDEO, ...AUDIO }

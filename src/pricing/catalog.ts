import { micro, parseUsd, type Micro } from '../money.ts'
import type { Bill } from './bill.ts'
import { BILLS } from './bills.ts'

export const OPERATIONS = [
  'generateImage',
  'editImage',
  'removeBackground',
  'upscale',
  'run',
] as const
export type Operation = (typeof OPERATIONS)[number]

/** In the order of every report. */
export const MODALITIES = ['image', 'video', 'voice', 'music'] as const
export type Modality = (typeof MODALITIES)[number]

export type Category =
  | 'Image Generation'
  | 'Video Generation'
  | 'Audio Generation'
  | 'AI Generation'
  | 'Local Work'

/** Who does the work: fal.ai, or this machine. */
export type ProviderName = 'fal.ai' | 'local'

/** One row of the catalogue. */
export type Model = {
  id: string
  operation: Operation
  modality: Modality
  provider: ProviderName
  /** List price of the base call: one output at the default size, length and quality. */
  price: Micro
  /** How fal bills it. Decides how the price grows with a larger call. */
  bill: Bill
  /** The endpoint at fal, often the same as the id; null where fal serves none. */
  endpoint: string | null
  /** The model to use instead, where the endpoint is gone or may go. */
  successor?: string
  /** The largest upscale factor of its endpoint. */
  scaleMax?: number
  source: 'catalog' | 'operator'
}

/** Price of one output of an unlisted model: $0.05. */
export const UNLISTED_PRICE: Micro = micro(50_000)

/** The model that each image tool uses by default. */
export const DEFAULT_MODELS = {
  generateImage: 'fal-ai/flux-2-flex',
  editImage: 'fal-ai/flux-pro/kontext',
  removeBackground: 'fal-ai/birefnet',
  upscale: 'fal-ai/bria/upscale/creative',
} as const satisfies Partial<Record<Operation, string>>

/** The bill of a model with one price per output; its cost upstream is not known. */
export const FLAT: Bill = { by: 'output', micro: null }

type Extra = Partial<Pick<Model, 'endpoint' | 'provider' | 'successor' | 'scaleMax'>>

function model(
  id: string,
  operation: Operation,
  modality: Modality,
  usd: string,
  extra: Extra = {},
): Model {
  const price = parseUsd(usd)
  if (price === null) throw new RangeError(`catalogue price of ${id}: ${usd}`)
  return {
    endpoint: id,
    provider: 'fal.ai',
    bill: BILLS[id]?.bill ?? FLAT,
    ...extra,
    id,
    operation,
    modality,
    price,
    source: 'catalog',
  }
}

/** The 24 priced models. Endpoint ids and missing endpoints are from fal's own model list, October 2026. */
export const CATALOG: readonly Model[] = [
  model('fal-ai/flux/schnell', 'generateImage', 'image', '0.003'),
  model('fal-ai/flux-2-flex', 'generateImage', 'image', '0.05'),
  model('fal-ai/recraft/v4/text-to-image', 'generateImage', 'image', '0.04'),
  model('fal-ai/recraft/v4/pro/text-to-image', 'generateImage', 'image', '0.06'),
  model('fal-ai/ideogram/v3', 'generateImage', 'image', '0.06'),
  model('fal-ai/nano-banana-2', 'generateImage', 'image', '0.08'),
  model('fal-ai/flux-pro/kontext', 'editImage', 'image', '0.04'),
  model('fal-ai/nano-banana-2/edit', 'editImage', 'image', '0.08'),
  model('fal-ai/reve/edit', 'editImage', 'image', '0.04', {
    endpoint: 'reve/2.1/edit',
    successor: 'fal-ai/flux-pro/kontext',
  }),
  model('fal-ai/birefnet', 'removeBackground', 'image', '0.005'),
  model('fal-ai/bria/background/remove', 'removeBackground', 'image', '0.018'),
  model('fal-ai/bria/upscale/creative', 'upscale', 'image', '0.03', {
    endpoint: 'bria/upscale/creative',
  }),
  model('fal-ai/topaz/upscale/image', 'upscale', 'image', '0.08', {
    scaleMax: 4,
    successor: 'fal-ai/bria/upscale/creative',
  }),
  model('fal-ai/minimax/hailuo-02/standard/text-to-video', 'run', 'video', '0.27'),
  model('fal-ai/kling-video/v2.5-turbo/pro/text-to-video', 'run', 'video', '0.35'),
  model('fal-ai/kling-video/v3/pro/text-to-video', 'run', 'video', '1.12'),
  model('fal-ai/veo3.1', 'run', 'video', '1.00'),
  model('fal-ai/sora-2/text-to-video/pro', 'run', 'video', '1.50', {
    successor: 'fal-ai/veo3.1',
  }),
  model('beatoven/music-generation', 'run', 'music', '0.05', {
    endpoint: null,
    successor: 'fal-ai/lyria3',
  }),
  model('beatoven/sound-effect-generation', 'run', 'music', '0.05', {
    endpoint: null,
    successor: 'fal-ai/elevenlabs/sound-effects/v2',
  }),
  model('minimax/speech-02-hd', 'run', 'voice', '0.05', {
    endpoint: 'fal-ai/minimax/speech-02-hd',
  }),
  model('fal-ai/flux/dev/controlnet', 'run', 'image', '0.03', { endpoint: 'fal-ai/flux-general' }),
  model('fal-ai/flux/dev/ip-adapter', 'run', 'image', '0.03', { endpoint: 'fal-ai/flux-general' }),
  model('fal-ai/lora', 'run', 'image', '0.02'),
]

const onThisMachine = { provider: 'local', endpoint: null } as const

/** Models that run on this machine, in both modes, free of charge. */
export const LOCAL_MODELS: readonly Model[] = [
  model('local/draft', 'generateImage', 'image', '0', onThisMachine),
  model('local/edit', 'editImage', 'image', '0', onThisMachine),
  model('local/cutout', 'removeBackground', 'image', '0', onThisMachine),
  model('local/upscale', 'upscale', 'image', '0', onThisMachine),
]

const CATEGORIES: Record<Modality, Category> = {
  image: 'Image Generation',
  video: 'Video Generation',
  voice: 'Audio Generation',
  music: 'Audio Generation',
}

/** Returns the category to show: by modality, or `AI Generation` for an unlisted model. */
export function categoryOf(modality: Modality, listed: boolean): Category {
  return listed ? CATEGORIES[modality] : 'AI Generation'
}

/** Returns the modality of a model by its id; `image` for an unlisted one. */
export function modalityOfModel(id: string): Modality {
  return CATALOG.find((candidate) => candidate.id === id)?.modality ?? 'image'
}

/** Returns the category of a model by its id. */
export function categoryOfModel(id: string | null): Category {
  if (id?.startsWith('local/') === true) return 'Local Work'
  const listed = CATALOG.find((candidate) => candidate.id === id)
  return categoryOf(listed?.modality ?? 'image', listed !== undefined)
}

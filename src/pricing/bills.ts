import { display } from '../money.ts'
import type { Bill, Tier } from './bill.ts'
import { BASE_PIXELS } from './sizes.ts'

/** How fal bills a model, and the source of this. `note` says what is special or uncertain. */
export type SourcedBill = { bill: Bill; source: string; note?: string }

const API = "fal.ai's pricing API, October 2026"
const PAGE = "the model's page on fal.ai, October 2026"
const THIRD_PARTIES = 'price lists of third parties, October 2026'

const each = (micro: number): Bill => ({ by: 'output', micro })
const megapixel = (micro: number, inputs?: true): Bill => ({
  by: 'megapixel',
  micro,
  ...(inputs && { inputs }),
})

/** By the side of a square. There is also half the size at three quarters of the price, which is never requested. */
export const NANO_BANANA_TIERS: readonly [Tier, ...Tier[]] = [
  { name: '1K', pixels: BASE_PIXELS, micro: 80_000 },
  { name: '2K', pixels: 2048 ** 2, micro: 120_000 },
  { name: '4K', pixels: 4096 ** 2, micro: 160_000 },
]

const NANO_BANANA: SourcedBill = {
  bill: { by: 'tier', tiers: NANO_BANANA_TIERS, field: 'resolution' },
  source: PAGE,
}

const FLUX_GENERAL: SourcedBill = { bill: megapixel(75_000), source: THIRD_PARTIES }

const gone: SourcedBill = { bill: each(100_000), source: THIRD_PARTIES, note: 'no longer served' }

/** How fal bills each priced model, by its id in the catalogue. Amounts are micro-dollars. */
export const BILLS: Readonly<Record<string, SourcedBill>> = {
  'fal-ai/flux/schnell': { bill: megapixel(3_000), source: API },
  'fal-ai/flux-2-flex': { bill: megapixel(50_000, true), source: API },
  'fal-ai/recraft/v4/text-to-image': { bill: each(40_000), source: API },
  'fal-ai/recraft/v4/pro/text-to-image': { bill: each(250_000), source: PAGE },
  'fal-ai/ideogram/v3': {
    bill: each(60_000),
    source: API,
    note: 'twice the unit price, for the default speed',
  },
  'fal-ai/nano-banana-2': NANO_BANANA,
  'fal-ai/flux-pro/kontext': { bill: each(40_000), source: API },
  'fal-ai/nano-banana-2/edit': NANO_BANANA,
  'fal-ai/reve/edit': { bill: each(250_000), source: PAGE },
  'fal-ai/birefnet': {
    bill: { by: 'output', micro: null },
    source: API,
    note: `${display(800)} a second of compute time, which is not known before the call`,
  },
  'fal-ai/bria/background/remove': { bill: each(18_000), source: API },
  'fal-ai/bria/upscale/creative': { bill: each(40_000), source: API },
  'fal-ai/topaz/upscale/image': {
    bill: {
      by: 'tier',
      tiers: [
        { name: '24 megapixels', pixels: 24_000_000, micro: 80_000 },
        { name: '48 megapixels', pixels: 48_000_000, micro: 160_000 },
        { name: '96 megapixels', pixels: 96_000_000, micro: 320_000 },
        { name: '512 megapixels', pixels: 512_000_000, micro: 1_360_000 },
      ],
    },
    source: PAGE,
  },
  'fal-ai/minimax/hailuo-02/standard/text-to-video': {
    bill: { by: 'second', field: 'duration', base: 6, rates: [{ micro: 45_000 }] },
    source: API,
  },
  'fal-ai/kling-video/v2.5-turbo/pro/text-to-video': {
    bill: { by: 'second', field: 'duration', base: 5, rates: [{ micro: 70_000 }] },
    source: API,
  },
  'fal-ai/kling-video/v3/pro/text-to-video': {
    bill: {
      by: 'second',
      field: 'duration',
      base: 5,
      rates: [{ micro: 168_000 }, { micro: 112_000, when: { generate_audio: false } }],
    },
    source: PAGE,
  },
  'fal-ai/veo3.1': {
    bill: {
      by: 'second',
      field: 'duration',
      base: 5,
      rates: [
        { micro: 400_000 },
        { micro: 200_000, when: { generate_audio: false } },
        { micro: 600_000, when: { resolution: '4k' } },
        { micro: 400_000, when: { resolution: '4k', generate_audio: false } },
      ],
    },
    source: PAGE,
  },
  'fal-ai/sora-2/text-to-video/pro': {
    bill: {
      by: 'second',
      field: 'duration',
      base: 5,
      rates: [{ micro: 500_000 }, { micro: 300_000, when: { resolution: '720p' } }],
    },
    source: PAGE,
  },
  'beatoven/music-generation': gone,
  'beatoven/sound-effect-generation': gone,
  'minimax/speech-02-hd': {
    bill: { by: 'character', field: 'text', base: 500, micro: 100 },
    source: THIRD_PARTIES,
  },
  'fal-ai/flux/dev/controlnet': FLUX_GENERAL,
  'fal-ai/flux/dev/ip-adapter': FLUX_GENERAL,
  'fal-ai/lora': {
    bill: { by: 'step', field: 'num_inference_steps', base: 30 },
    source: API,
    note: 'seconds of compute time, which grow with the steps',
  },
}

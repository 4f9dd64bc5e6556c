import { AppError } from '../../../errors.ts'
import type { ImageFormat, ProviderOutput, ProviderResult } from '../../provider.ts'
import type { Pace } from '../pace.ts'
import { encode } from '../raster.ts'
import { paintDraft } from './paint.ts'
import { planDraft, type Plan } from './plan.ts'

/** Smallest side of a draft, in pixels. */
export const MIN_SIDE = 64
/** Largest side of a draft, in pixels. */
export const MAX_SIDE = 4096

/** What drafts are drawn from; sizes are pixels. */
export type DraftRequest = {
  prompt: string
  width: number
  height: number
  count: number
  seed?: number
  outputFormat?: ImageFormat
  negativePrompt?: string
}

/**
 * Draws `count` drafts of a prompt; the seed of each is one above that of the last. The same prompt,
 * seed, size and format give the same bytes. Throws `invalid_input` (size) and `cancelled`.
 */
export async function drawDrafts(request: DraftRequest, pace: Pace): Promise<ProviderResult> {
  const { width, height, count, outputFormat = 'png' } = request
  assertSize(width, height)
  const first = planDraft(request)
  const outputs: ProviderOutput[] = []
  for (let index = 0; index < count; index += 1) {
    await pace.report(index / count, `Drawing ${index + 1} of ${count}`)
    const plan = index === 0 ? first : planDraft({ ...request, seed: first.seed + index })
    const raster = await paintDraft(plan, { width, height }, pace)
    await pace.report((index + 0.8) / count, `Writing ${index + 1} of ${count}`)
    outputs.push({ bytes: await encode(raster, outputFormat) })
  }
  const { honoured, notHonoured } = first
  return { outputs, notes: describe(first, count), honoured, notHonoured }
}

function assertSize(width: number, height: number): void {
  const fits = (side: number) => Number.isInteger(side) && side >= MIN_SIDE && side <= MAX_SIDE
  if (fits(width) && fits(height)) return
  throw new AppError(
    'invalid_input',
    `A draft of ${width} x ${height} pixels cannot be drawn here.`,
    {
      hint: `Ask for whole numbers from ${MIN_SIDE} to ${MAX_SIDE} for width and height.`,
    },
  )
}

function describe({ honoured, notHonoured, seed }: Plan, count: number): string[] {
  const seeds = count === 1 ? `Seed ${seed}` : `Seeds ${seed} to ${seed + count - 1}`
  const missing =
    notHonoured.length === 0
      ? []
      : [
          `Not honoured: ${notHonoured.join(', ')}. ` +
            'A draft is abstract; people, objects, lettering and named styles need an image model.',
        ]
  return [
    `Honoured: ${honoured.join(', ')}.`,
    ...missing,
    `${seeds}; the same seed repeats the draft.`,
  ]
}

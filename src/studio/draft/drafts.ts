import { AppError } from '../../errors.ts'
import type { ImageFormat } from '../../media/image.ts'
import { DRAFT_SIDES } from '../core/limits.ts'
import type { Report, Result } from '../core/result.ts'
import { encode } from '../core/raster.ts'
import { hasGlyphs } from '../core/render-text.ts'
import { paintDraft } from './paint.ts'
import { loadIcons } from './icons.ts'
import { planDraft, type Plan } from './plan.ts'
import { tokensOf } from './read-prompt.ts'
import { namesThings } from './subjects.ts'

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
 * seed, size and format give the same bytes. Throws `invalid_input` for a size out of bounds.
 */
export async function drawDrafts(request: DraftRequest, report: Report): Promise<Result> {
  const { width, height, count, outputFormat = 'png' } = request
  assertSize(width, height)
  const icons = namesThings(tokensOf(request.prompt)) ? await loadIcons() : null
  const first = await withoutMissingGlyphs(planDraft(request, icons))
  const files: Uint8Array[] = []
  for (let index = 0; index < count; index += 1) {
    report(index / count, `Drawing ${index + 1} of ${count}`)
    const seeded = { ...request, seed: first.seed + index }
    const plan = index === 0 ? first : { ...planDraft(seeded, icons), texts: first.texts }
    const raster = await paintDraft(plan, { width, height })
    report((index + 0.8) / count, `Writing ${index + 1} of ${count}`)
    files.push(await encode(raster, outputFormat))
  }
  const { honoured, notHonoured } = first
  return { files, notes: describe(first, count), honoured, notHonoured }
}

/** Text that the font cannot write is left out and said to be. */
async function withoutMissingGlyphs(plan: Plan): Promise<Plan> {
  if (await hasGlyphs(plan.texts.join(''))) return plan
  return {
    ...plan,
    texts: [],
    honoured: plan.honoured.filter((word) => word !== 'text'),
    notHonoured: [...plan.notHonoured, 'text in letters that its font lacks'],
  }
}

function assertSize(width: number, height: number): void {
  const [least, most] = DRAFT_SIDES
  const fits = (side: number) => Number.isInteger(side) && side >= least && side <= most
  if (fits(width) && fits(height)) return
  throw new AppError(
    'invalid_input',
    `A draft of ${width} x ${height} pixels cannot be drawn here.`,
    {
      hint: `Ask for whole numbers from ${least} to ${most} for width and height.`,
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
            'Drafts are drawn by rule: photographs, people and painted styles need an image model.',
        ]
  return [
    `Honoured: ${honoured.join(', ')}.`,
    ...missing,
    `${seeds}; the same seed repeats the draft.`,
  ]
}

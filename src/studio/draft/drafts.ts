import { AppError } from '../../errors.ts'
import type { ImageFormat } from '../../media/image.ts'
import { DRAFT_SIDES } from '../core/limits.ts'
import type { Report, Result } from '../core/result.ts'
import { encode } from '../core/raster.ts'
import { hasGlyphs } from '../core/render-text.ts'
import { paintDraft } from './paint.ts'
import { loadIcons } from './icons.ts'
import { planDraft, readDraft, type Plan } from './plan.ts'
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
  const icons = needsIcons(request.prompt) ? await loadIcons() : null
  const drafted = await withoutMissingGlyphs(planDraft(request, icons))
  const first = outputFormat === 'jpeg' ? opaque(drafted) : drafted
  const files: Uint8Array[] = []
  for (let index = 0; index < count; index += 1) {
    report(index / count, `Drawing ${index + 1} of ${count}`)
    const seeded = { ...request, seed: first.seed + index }
    const { texts, initials, label } = first
    const plan = index === 0 ? first : { ...planDraft(seeded, icons), texts, initials, label }
    const raster = await paintDraft(plan, { width, height })
    report((index + 0.8) / count, `Writing ${index + 1} of ${count}`)
    files.push(await encode(raster, outputFormat))
  }
  const { honoured, notHonoured, chosen } = first
  return { files, notes: describe(first, count), honoured, notHonoured, chosen }
}

/** An icon without a thing and without a letter has a sign, which is a drawing too. */
function needsIcons(prompt: string): boolean {
  const { tokens, purpose } = readDraft(prompt)
  return purpose.isIcon || purpose.isAvatar || namesThings(tokens)
}

/** Text that the fonts cannot write is left out and said to be. */
async function withoutMissingGlyphs(plan: Plan): Promise<Plan> {
  const { texts, initials, label } = plan
  const isLabelled = label !== null && (await hasGlyphs(label))
  const named = { ...plan, label: isLabelled ? label : null }
  if (await hasGlyphs(`${texts.join('')}${initials ?? ''}`)) return named
  return {
    ...named,
    texts: [],
    initials: null,
    honoured: plan.honoured.filter((word) => word !== 'text' && word !== 'name'),
    notHonoured: [...plan.notHonoured, 'text in letters that its fonts lack'],
  }
}

/** JPEG knows no transparency: what would be clear is white there, and said to be missing. */
function opaque(plan: Plan): Plan {
  if (!plan.isTransparent) return plan
  const wish = 'transparent background'
  return {
    ...plan,
    honoured: plan.honoured.filter((word) => word !== wish),
    notHonoured: [...plan.notHonoured, `${wish}, which JPEG lacks`],
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

function describe({ honoured, notHonoured, chosen, seed }: Plan, count: number): string[] {
  const seeds = count === 1 ? `Seed ${seed}` : `Seeds ${seed} to ${seed + count - 1}`
  const missing =
    notHonoured.length === 0
      ? []
      : [
          `Not honoured: ${notHonoured.join(', ')}. ` +
            'Drafts are drawn by rule: photographs, people and painted styles need an image model.',
        ]
  return [
    ...(honoured.length === 0 ? [] : [`Honoured: ${honoured.join(', ')}.`]),
    ...(chosen.length === 0 ? [] : [`Chosen: ${chosen.join(', ')}.`]),
    ...missing,
    `${seeds}; the same seed repeats the draft.`,
  ]
}

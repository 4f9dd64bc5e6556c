import { darkestFirst, shift, toHex } from '../core/color.ts'
import { TEXT_CONTRAST } from '../core/contrast.ts'
import { drawText, type Box } from '../core/draw-text.ts'
import type { Raster } from '../core/raster.ts'
import { monogramLetters } from './icon.ts'
import { isWide } from './picture.ts'
import { placeholderCaptions } from './placeholder.ts'
import type { Canvas } from './canvas.ts'
import type { Plan } from './plan.ts'
import { contrast, NAVY, WHITE } from './tone.ts'

/** Writes everything that a plan has to say in letters, where nothing else is drawn. */
export async function writeTexts(raster: Raster, plan: Plan, canvas: Canvas): Promise<Raster> {
  if (plan.kind === 'placeholder' && plan.texts.length === 0) {
    let written = raster
    for (const caption of placeholderCaptions(plan, raster))
      written = await drawText(written, { ...caption, weight: 'bold' })
    return written
  }
  const marked =
    plan.kind === 'monogram' && plan.initials !== null
      ? await drawText(raster, {
          text: plan.initials,
          weight: 'bold',
          ...monogramLetters(plan, canvas),
        })
      : raster
  return plan.texts.length === 0 ? marked : writeHeadline(marked, plan)
}

/** The first text large, a second small below it. */
async function writeHeadline(raster: Raster, plan: Plan): Promise<Raster> {
  const [first = '', second] = plan.texts
  const { large, small, align } = boxesOf(plan, raster, second !== undefined)
  const color = inkOf(plan)
  const look = { align, color, isShaded: color === undefined, plate: plateOf(plan) }
  const result = await drawText(raster, { text: first, weight: 'bold', box: large, ...look })
  if (second === undefined) return result
  return drawText(result, { text: second, weight: 'regular', box: small, ...look })
}

type Boxes = { large: Box; small: Box; align: 'left' | 'centre' }

function boxesOf({ kind }: Plan, raster: Raster, hasTwo: boolean): Boxes {
  if (kind === 'picture' && isWide(raster))
    return {
      large: { left: 0.06, top: hasTwo ? 0.2 : 0.22, width: 0.5, height: hasTwo ? 0.4 : 0.56 },
      small: { left: 0.06, top: 0.66, width: 0.5, height: 0.12 },
      align: 'left',
    }
  const isLow = kind === 'picture' || kind === 'placeholder'
  const isLogo = kind === 'icon' || kind === 'monogram'
  const top = isLogo ? 0.75 : isLow ? 0.7 : hasTwo ? 0.26 : 0.3
  const height = isLogo ? 0.13 : isLow ? (hasTwo ? 0.14 : 0.2) : hasTwo ? 0.34 : 0.4
  const below = top + height + (isLow || isLogo ? 0.02 : 0.05)
  return {
    large: { left: 0.09, top, width: 0.82, height },
    small: { left: 0.18, top: below, width: 0.64, height: isLow || isLogo ? 0.07 : 0.09 },
    align: 'centre',
  }
}

/** Patterns are too busy for letters: those stand on a plate in the darkest or the lightest tone. */
function plateOf({ kind, palette, background, isDark }: Plan): string | undefined {
  if (kind !== 'tiles' && kind !== 'memphis') return undefined
  const sorted = darkestFirst(background === null ? palette : [...palette, background])
  const darkest = sorted[0]
  if (darkest === undefined) return undefined
  const isDeep = isDark || darkest.lightness < 0.4
  const tone = isDeep ? darkest : (sorted.at(-1) ?? darkest)
  return toHex(isDeep ? shift(tone, { lighter: Math.min(0, 0.3 - tone.lightness) }) : tone)
}

/** The colour of a name below a logo; a headline finds its own. */
function inkOf({
  kind,
  isTransparent,
  background,
  isDark,
  palette,
  isWished,
  ink,
}: Plan): string | undefined {
  const isLogo = kind === 'icon' || kind === 'monogram'
  if (ink !== null && (background === null || contrast(ink, background) >= TEXT_CONTRAST))
    return toHex(ink)
  if (kind === 'wordmark' && isTransparent)
    return toHex((isWished ? palette[Math.floor(palette.length / 2)] : undefined) ?? NAVY)
  if (!isLogo) return undefined
  if (isTransparent || (background === null && !isDark)) return toHex(NAVY)
  return background === null || background.lightness < 0.6 ? toHex(WHITE) : toHex(NAVY)
}

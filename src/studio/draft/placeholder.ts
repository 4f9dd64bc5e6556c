import type { Canvas } from './canvas.ts'
import { fromHex, mix, shift, toHex, type Color } from '../core/color.ts'
import type { Box } from '../core/draw-text.ts'
import { TEXT_CONTRAST } from '../core/contrast.ts'
import type { Plan } from './plan.ts'
import { contrast, inkOn } from './tone.ts'

/** A placeholder: a quiet ground, the outline of a picture or a person; below it, what was asked for. */
export function placeholderSvg(plan: Plan, { width, height }: Canvas): string {
  const ground = groundOf(plan)
  const ink = mix(ground, inkOn([ground]), 0.45)
  const unit = Math.min(width, height)
  const size = unit * (isLoose(plan) ? 0.46 : 0.34)
  const y = height / 2 - (isLoose(plan) ? 0 : unit * 0.1)
  const place = `translate(${width / 2 - size / 2} ${y - size / 2}) scale(${size / 24})`
  const edge = toHex(shift(ground, { lighter: ground.lightness > 0.5 ? -0.05 : 0.05 }))
  const backdrop = plan.isTransparent
    ? ''
    : `<rect width="100%" height="100%" fill="${toHex(ground)}"/>`
  return (
    backdrop +
    `<rect x="${unit * 0.015}" y="${unit * 0.015}" width="${width - unit * 0.03}" height="${height - unit * 0.03}" rx="${unit * 0.02}" fill="none" stroke="${edge}" stroke-width="${Math.max(1, unit * 0.006)}" stroke-dasharray="${unit * 0.03} ${unit * 0.02}"/>` +
    `<g transform="${place}" fill="none" stroke="${toHex(ink)}" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round">${plan.isPerson ? PERSON : PICTURE}</g>`
  )
}

/** What a placeholder says below its outline: what was asked for, and its size; a person says nothing. */
export function placeholderCaptions(
  plan: Plan,
  { width, height }: { width: number; height: number },
): { text: string; color: string; box: Box }[] {
  if (isLoose(plan)) return []
  const ground = groundOf(plan)
  const color = toHex(readable(ground))
  const unit = Math.min(width, height) / height
  const top = 0.5 + 0.1 * unit
  const size = { text: `${width} × ${height}`, color }
  if (plan.label === null) return [{ ...size, box: { left: 0.3, top, width: 0.4, height: 0.08 } }]
  return [
    { text: plan.label, color, box: { left: 0.08, top, width: 0.84, height: 0.15 * unit } },
    { ...size, box: { left: 0.3, top: top + 0.18 * unit, width: 0.4, height: 0.055 * unit } },
  ]
}

function isLoose({ isPerson, label, texts }: Plan): boolean {
  return isPerson && label === null && texts.length === 0
}

/** As quiet as may be read. */
function readable(ground: Color): Color {
  const full = inkOn([ground])
  let share = 0.5
  while (share < 1 && contrast(mix(ground, full, share), ground) < TEXT_CONTRAST * 1.1)
    share += 0.05
  return mix(ground, full, Math.min(1, share))
}

function groundOf({ palette, background, isWished, isDark, label }: Plan): Color {
  if (background !== null) return background
  if (isWished) return palette[Math.floor(palette.length / 2)] ?? fromHex('e5e8ee')
  const grey = fromHex(isDark ? '252a33' : 'e8ebf0')
  // A tint of the seed, so that several differ.
  return label === null ? grey : mix(grey, palette[1] ?? grey, 0.14)
}

const PICTURE =
  '<rect x="2.5" y="4" width="19" height="16" rx="2.4"/><circle cx="8" cy="9.4" r="1.9"/><path d="M21.5 15.5L16.6 11a2 2 0 0 0-2.7 0L5 19.6"/>'
const PERSON = '<circle cx="12" cy="8.2" r="4.6"/><path d="M3.2 21.6a8.8 8.8 0 0 1 17.6 0"/>'

import type { Canvas } from './canvas.ts'
import { fromHex, mix, shift, toHex, type Color } from '../core/color.ts'
import type { Plan } from './plan.ts'

/** A placeholder: a quiet ground, the outline of a picture or a person, its size in pixels below. */
export function placeholderSvg(plan: Plan, { width, height }: Canvas): string {
  const ground = groundOf(plan)
  const ink = mix(ground, ground.lightness > 0.5 ? fromHex('101828') : fromHex('ffffff'), 0.34)
  const unit = Math.min(width, height)
  const size = unit * 0.34
  const y = height / 2 - (plan.isPerson ? 0 : unit * 0.07)
  const place = `translate(${width / 2 - size / 2} ${y - size / 2}) scale(${size / 24})`
  const edge = toHex(shift(ground, { lighter: ground.lightness > 0.5 ? -0.05 : 0.05 }))
  return (
    `<rect width="100%" height="100%" fill="${toHex(ground)}"/>` +
    `<rect x="${unit * 0.015}" y="${unit * 0.015}" width="${width - unit * 0.03}" height="${height - unit * 0.03}" rx="${unit * 0.02}" fill="none" stroke="${edge}" stroke-width="${Math.max(1, unit * 0.006)}" stroke-dasharray="${unit * 0.03} ${unit * 0.02}"/>` +
    `<g transform="${place}" fill="none" stroke="${toHex(ink)}" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round">${plan.isPerson ? PERSON : PICTURE}</g>`
  )
}

/** What a placeholder says below its outline, and in which colour. */
export function placeholderCaption(
  plan: Plan,
  { width, height }: { width: number; height: number },
): { text: string; color: string } {
  const ground = groundOf(plan)
  const ink = mix(ground, ground.lightness > 0.5 ? fromHex('101828') : fromHex('ffffff'), 0.5)
  return { text: `${width} × ${height}`, color: toHex(ink) }
}

function groundOf({ palette, background, isWished, isDark }: Plan): Color {
  if (background !== null) return background
  if (isWished) return palette[Math.floor(palette.length / 2)] ?? fromHex('e5e8ee')
  return fromHex(isDark ? '252a33' : 'e8ebf0')
}

const PICTURE =
  '<rect x="2.5" y="4" width="19" height="16" rx="2.4"/><circle cx="8" cy="9.4" r="1.9"/><path d="M21.5 15.5L16.6 11a2 2 0 0 0-2.7 0L5 19.6"/>'
const PERSON = '<circle cx="12" cy="8.2" r="4.6"/><path d="M3.2 21.6a8.8 8.8 0 0 1 17.6 0"/>'

import type { Canvas } from './canvas.ts'
import { toHex, mix, type Color } from '../core/color.ts'
import { drawSubject } from './drawing.ts'
import type { Plan } from './plan.ts'
import { inkOn, NAVY, tileTones } from './tone.ts'

/** A drawing or up to three, large, with a shadow to stand on. Text leaves them the right or the upper part. */
export function pictureSvg(plan: Plan, canvas: Canvas): string {
  const { width, height } = canvas
  const count = plan.subjects.length
  const hasText = plan.texts.length > 0
  const isBeside = hasText && isWide(canvas)
  const room = isBeside ? width * 0.36 : width * 0.84
  const most = height * (hasText && !isBeside ? 0.46 : isBeside ? 0.56 : 0.62)
  const size = Math.min(most, room / (1 + (count - 1) * 1.12))
  const x = isBeside ? width * 0.77 : width / 2
  const y = height * (hasText && !isBeside ? 0.34 : 0.5)
  const ink = plan.isTransparent ? NAVY : inkOn(stageTones(plan, canvas))
  const drawn = plan.subjects.map((subject, index) => {
    const at = x + (index - (count - 1) / 2) * size * 1.12
    const isFlat = subject.icon.isLines || plan.isTransparent || plan.stage !== null
    const shadow = `<ellipse cx="${at}" cy="${y + size * 0.5}" rx="${size * 0.4}" ry="${size * 0.055}" fill="#000" opacity="0.22" filter="url(#ground)"/>`
    return (isFlat ? '' : shadow) + drawSubject(subject, { x: at, y, size }, ink)
  })
  return `<defs><filter id="ground" x="-30%" y="-120%" width="160%" height="340%"><feGaussianBlur stdDeviation="${size * 0.025}"/></filter></defs>${drawn.join('')}`
}

/** Whether text stands beside a drawing, and not below it. */
export function isWide({ width, height }: { width: number; height: number }): boolean {
  return width / height >= 1.25
}

/** The colours of a plain stage, from its edge to its middle. */
export function stageTones(plan: Plan, canvas: Pick<Canvas, 'random'>): [Color, Color] {
  const [from, to] = tileTones(plan, canvas)
  const [light, dark] = from.lightness > to.lightness ? [from, to] : [to, from]
  return [mix(light, dark, 0.6), { ...light, lightness: Math.min(0.985, light.lightness + 0.03) }]
}

/** Thin arcs around a corner, in the colours that a prompt calls accents; below text a band along the edge. */
export function accentSvg({ accents, texts }: Plan, { width, height }: Canvas): string {
  const unit = Math.min(width, height)
  if (texts.length > 0) {
    const wide = width / Math.max(1, accents.length)
    return accents
      .map(
        (color, index) =>
          `<rect x="${index * wide}" y="${height * 0.955}" width="${wide + 1}" height="${height * 0.045 + 1}" fill="${toHex(color)}"/>`,
      )
      .join('')
  }
  const arcs = Array.from({ length: 5 }, (_, index) => {
    const color = accents[index % accents.length]
    if (color === undefined) return ''
    const radius = unit * (0.42 + index * 0.17)
    return `<circle cx="${width * 0.98}" cy="${height * 1.02}" r="${radius}" fill="none" stroke="${toHex(color)}" stroke-width="${unit * (0.011 - index * 0.0015)}" opacity="${0.95 - index * 0.16}"/>`
  })
  return arcs.join('')
}

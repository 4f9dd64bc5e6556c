import { paintField, type Canvas, type Field, type Painter } from './canvas.ts'
import { createNoise2, pick } from '../core/random.ts'
import type { Plan } from './plan.ts'
import { createRamp, sampleRamp } from './ramp.ts'
import type { Direction } from './vocabulary.ts'

const DIRECTIONS: readonly Direction[] = ['diagonal', 'diagonal', 'down', 'right']

/** A gradient through the palette, slightly bent, with a breath of light where it begins. */
export function paintGradient(plan: Plan, canvas: Canvas): Painter {
  const ramp = createRamp(plan.palette)
  const place = plan.direction === 'radial' ? radial(canvas) : linear(plan, canvas)
  const bend = createNoise2(canvas.random)
  const field: Field = (u, v, out, offset) => {
    const at = place(u, v)
    // Both ends stay put, so that the first and the last named colour are really reached.
    const bent =
      at + 0.07 * bend(u * 1.7, v * 1.7) * Math.sin(Math.PI * Math.min(1, Math.max(0, at)))
    sampleRamp(ramp, bent, out, offset)
    out[offset] = (out[offset] ?? 0) + 0.025 * bend(u * 1.1 + 9, v * 1.1 + 4)
  }
  return paintField(canvas, field)
}

type Place = (u: number, v: number) => number

function linear(plan: Plan, { width, height, random }: Canvas): Place {
  const direction = plan.direction ?? pick(random, DIRECTIONS)
  const tilt = plan.direction === null ? (random() - 0.5) * 0.5 : 0
  const base = { down: Math.PI / 2, right: 0, diagonal: Math.atan2(height, width), radial: 0 }
  const [across, down] = [Math.cos(base[direction] + tilt), Math.sin(base[direction] + tilt)]
  const reach = Math.abs(across) * width + Math.abs(down) * height
  return (u, v) => 0.5 + ((u - 0.5) * width * across + (v - 0.5) * height * down) / (reach * 0.94)
}

function radial({ width, height, random }: Canvas): Place {
  const [x, y] = [0.5 + (random() - 0.5) * 0.06, 0.46 + (random() - 0.5) * 0.06]
  const reach = Math.hypot(width, height) * 0.52
  return (u, v) => 1 - Math.hypot((u - x) * width, (v - y) * height) / reach
}

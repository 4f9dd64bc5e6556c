import { smoothstep, type Canvas, type Painter } from './canvas.ts'
import { fromHex, type Color } from '../core/color.ts'
import { createNoise2, type Random } from '../core/random.ts'
import type { Plan } from './plan.ts'
import type { Material } from './materials.ts'

/** Changes of lightness at a point; units are those of the material, about a hundred across the shorter side. */
type Relief = (x: number, y: number) => number
type Surface = {
  /** The colour of the material where the prompt names none. */
  color: string
  /** How far single pixels differ in lightness. */
  grain: number
  relief: (random: Random, plan: Plan) => Relief
}

/** A flat surface of a material, filling the picture, evenly lit. */
export function paintTexture(plan: Plan, { width, height, random }: Canvas): Painter {
  const { color, grain, relief } = SURFACES[plan.material ?? 'noise']
  const base = baseOf(plan, plan.materialColor ?? color)
  const unit = Math.min(width, height) / 100
  const [across, down] = [width / unit, height / unit]
  const plain = relief(random, plan)
  const surface = plan.isSeamless ? repeated(plain, across, down) : plain
  const tint = createNoise2(random)
  return (y, row) => {
    for (let x = 0; x < width; x += 1) {
      const change = surface(x / unit, y / unit) + (random() - 0.5) * grain
      const turn = plan.isSeamless ? 1 : 1 + 0.04 * tint(x / unit / 30, y / unit / 30)
      row[x * 3] = base.lightness + change
      row[x * 3 + 1] = base.a * turn
      row[x * 3 + 2] = base.b * turn
    }
  }
}

function baseOf({ palette, background, isWished, isDark }: Plan, color: string): Color {
  const wished = background ?? (isWished ? palette[Math.floor(palette.length / 2)] : undefined)
  const base = wished ?? fromHex(color)
  // Room for what is lighter and what is darker than the material itself.
  const lightness = Math.min(0.93, Math.max(0.17, base.lightness))
  return { ...base, lightness: isDark ? Math.min(lightness, 0.3) : lightness }
}

/** The same relief, faded into itself near the far edges, so that copies can be laid side by side. */
function repeated(relief: Relief, across: number, down: number): Relief {
  return (x, y) => {
    const right = smoothstep(across * 0.75, across, x)
    const below = smoothstep(down * 0.75, down, y)
    const line = (at: number) =>
      right === 0 ? relief(x, at) : relief(x, at) * (1 - right) + relief(x - across, at) * right
    return below === 0 ? line(y) : line(y) * (1 - below) + line(y - down) * below
  }
}

const SURFACES: Record<Material, Surface> = {
  wood: { color: '#a87546', grain: 0.018, relief: wood },
  concrete: { color: '#b4b3af', grain: 0.05, relief: concrete },
  noise: { color: '#8a8f98', grain: 0.17, relief: () => () => 0 },
  paper: { color: '#f3ead8', grain: 0.022, relief: paper },
  metal: { color: '#aab0b7', grain: 0.014, relief: metal },
  fabric: { color: '#d8ccb6', grain: 0.03, relief: fabric },
}

/** Boards with long fibres and growth rings that bend around a few knots. */
function wood(random: Random): Relief {
  const [bend, fibre, fine, board] = [1, 2, 3, 4].map(() => createNoise2(random)) as Four
  return (x, y) => {
    const plank = Math.floor(y / 25)
    const offset = 40 * board(plank * 2 + 0.5, 3)
    const along = x * 0.018 + offset
    const rings = y * 0.42 + 5 * bend(along, y * 0.045 + plank * 9)
    const ring = 0.5 + 0.5 * Math.sin(rings * 2.1)
    const edge = Math.min(y - plank * 25, plank * 25 + 25 - y)
    return (
      0.06 * (ring ** 3 - 0.3) +
      0.035 * fibre(x * 0.06 + offset, y * 2.2) +
      0.022 * fine(x * 0.25 + offset, y * 5) +
      0.03 * board(plank * 2 + 0.5, 9) -
      0.16 * (1 - smoothstep(0.1, 0.55, edge))
    )
  }
}

/** Cloudy stains, a fine roughness, and pores. */
function concrete(random: Random): Relief {
  const [cloud, stain, rough, pore] = [1, 2, 3, 4].map(() => createNoise2(random)) as Four
  return (x, y) => {
    const hole = smoothstep(0.8, 0.93, pore(x * 0.5, y * 0.5))
    return (
      0.035 * cloud(x / 26, y / 26) +
      0.025 * stain(x / 8, y / 11) +
      0.02 * rough(x * 0.9, y * 0.9) -
      0.1 * hole
    )
  }
}

/** Pulp: soft clouds and short fibres in every direction. */
function paper(random: Random): Relief {
  const [cloud, pulp, one, other] = [1, 2, 3, 4].map(() => createNoise2(random)) as Four
  const thread = (value: number) => smoothstep(0.62, 0.9, value)
  return (x, y) =>
    0.02 * cloud(x / 30, y / 30) +
    0.014 * pulp(x * 0.7, y * 0.7) -
    0.025 * thread(one((x + y) * 0.22, (x - y) * 1.4)) -
    0.02 * thread(other((x - y * 0.6) * 0.2, (x + y * 1.7) * 1.1))
}

/** Hair lines along the brush, and broad bands of light across it. */
function metal(random: Random): Relief {
  const [line, hair, sheen] = [1, 2, 3].map(() => createNoise2(random)) as [Noise, Noise, Noise]
  return (x, y) =>
    0.045 * line(x * 0.02, y * 3.1) +
    0.035 * hair(x * 0.05, y * 7.3) +
    0.07 * sheen(x / 34, y / 300)
}

/** A plain weave: threads over and under each other, none quite like its neighbour. */
function fabric(random: Random): Relief {
  const [warp, weft, slub] = [1, 2, 3].map(() => createNoise2(random)) as [Noise, Noise, Noise]
  return (x, y) => {
    // Two threads a unit; a whole number of them fits, so that the weave meets itself at the edges.
    const [u, v] = [x + 0.12 * slub(x / 9, y / 9), y + 0.12 * slub(y / 9 + 40, x / 9)]
    const isOver = (Math.floor(u) + Math.floor(v)) % 2 === 0
    const across = Math.sin(Math.PI * (u - Math.floor(u)))
    const down = Math.sin(Math.PI * (v - Math.floor(v)))
    const thread = isOver
      ? across * (0.75 + 0.25 * down) + 0.4 * warp(Math.floor(u) * 1.7, v * 0.05)
      : down * (0.75 + 0.25 * across) + 0.4 * weft(Math.floor(v) * 1.7, u * 0.05)
    return 0.1 * (thread - 0.62)
  }
}

type Noise = ReturnType<typeof createNoise2>
type Four = [Noise, Noise, Noise, Noise]

import type { make } from './local.ts'

type Picture = Pick<Awaited<ReturnType<typeof make>>, 'data' | 'size' | 'at'>

/** Where the pixels of a label's ground lie; null where a picture has no label. */
export type Label = { x: number; y: number }[]

/** Finds the label of a stand-in by the colour of its ground. */
export function labelIn({ data, size: [width = 0] }: Picture): Label | null {
  const places: Label = []
  for (let at = 0; at < data.length; at += 4)
    if (data[at] === 20 && data[at + 1] === 23 && data[at + 2] === 43)
      places.push({ x: (at / 4) % width, y: Math.floor(at / 4 / width) })
  return places.length > 20 ? places : null
}

/** The box around a label, in pixels. */
export function boxOf(label: Label | null) {
  if (label === null) throw new RangeError('there is no label')
  const ends = (values: readonly number[]) =>
    values.reduce<[number, number]>(
      ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
      [Infinity, -Infinity],
    )
  const [left, right] = ends(label.map(({ x }) => x))
  const [top, bottom] = ends(label.map(({ y }) => y))
  const [width, height] = [right - left + 1, bottom - top + 1]
  return {
    width,
    height,
    area: width * height,
    holds: (x: number, y: number) => x >= left && x <= right && y >= top && y <= bottom,
  }
}

/** The colours of a picture outside the box of its label. */
export function colorsBeside(picture: Picture, label: Label | null): Set<string> {
  const { holds } = boxOf(label)
  const [width = 0, height = 0] = picture.size
  const colors = new Set<string>()
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) if (!holds(x, y)) colors.add(picture.at(x, y).join())
  return colors
}

/** The contrast of the lightest and the darkest colour of a label, as WCAG counts it. */
export function contrastIn(picture: Picture, label: Label | null): number {
  const { holds } = boxOf(label)
  const [width = 0, height = 0] = picture.size
  let [least, most] = [1, 0]
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      if (!holds(x, y)) continue
      const light = luminance(picture.at(x, y))
      ;[least, most] = [Math.min(least, light), Math.max(most, light)]
    }
  return (most + 0.05) / (least + 0.05)
}

function luminance(rgb: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = rgb.map((value) => {
    const part = value / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** A prompt as agents send it, and what must be true of its picture. */
export type DraftPrompt = {
  prompt: string
  /** Width and height in pixels. */
  size: readonly [number, number]
  /** Words that the result says it honoured. */
  says: readonly string[]
  /** What is clear: the corners around a tile, or everything around a drawing. Otherwise nothing is. */
  clear?: 'corners' | 'ground'
  /** Colours that cover at least this share of the picture. */
  colors?: Readonly<Record<string, number>>
  /** The colour of text that must be there, and readable. */
  ink?: '#ffffff' | '#14172b' | '#ffd700'
  /** A backdrop or a texture, which need not have an edge. */
  isSoft?: true
}

/** Width and height in pixels, by what a picture is for. */
export const SIZES = {
  hero: [480, 270],
  icon: [256, 256],
  og: [480, 252],
  avatar: [192, 192],
  state: [360, 270],
  texture: [300, 225],
  favicon: [64, 64],
  banner: [600, 200],
} as const

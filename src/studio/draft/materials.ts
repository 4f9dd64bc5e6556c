import { words, type WordTable } from './vocabulary.ts'

/** What a texture is of. */
export type Material = 'wood' | 'concrete' | 'noise' | 'paper' | 'metal' | 'fabric'

/** Words for a surface, and for what it is of: "wood texture" is wood, and no piece of it. */
export const SURFACE_WORDS = words(
  'texture textures textured surface grain grainy planks background backdrop wallpaper',
)
export const MATERIAL_WORDS: WordTable<Material> = [
  ['wood', words('wood wooden oak walnut plywood timber')],
  ['concrete', words('concrete cement plaster stucco asphalt')],
  ['metal', words('metal metallic steel aluminum aluminium brushed titanium')],
  ['fabric', words('fabric linen canvas denim cloth textile burlap cotton woven')],
  ['paper', words('paper parchment cardboard kraft')],
  ['noise', words('noise grain grainy static')],
]

/** The colours of materials that differ from others of their kind. */
export const MATERIAL_COLORS: ReadonlyMap<string, string> = new Map([
  ['denim', '#3f5f8a'],
  ['walnut', '#6b4a33'],
  ['oak', '#b98b57'],
  ['asphalt', '#4a4c50'],
  ['parchment', '#e9d8b0'],
  ['kraft', '#c19a6b'],
  ['cardboard', '#c49a6c'],
  ['burlap', '#b89b6e'],
])

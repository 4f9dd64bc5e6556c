import { createRequire } from 'node:module'
import type * as Culori from 'culori/require'

/**
 * The parts of the colour library that are used, from its bundle: as 200 modules it takes 100 ms to load, as one
 * 10 ms. Node.js cannot see the names in the bundle, so that it is required and not imported.
 */
export const { colorsNamed, convertRgbToOklab, formatHex, parseHex } = createRequire(
  import.meta.url,
)('culori/require') as typeof Culori

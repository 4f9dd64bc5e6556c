import type { EndpointFacts } from './models.ts'
import type { Part } from './parts.ts'

type Size = { width: number; height: number }

/** The sizes fal knows by name; any other is sent as width and height. */
const PRESETS: Readonly<Record<string, string>> = {
  '1024x1024': 'square_hd',
  '512x512': 'square',
  '768x1024': 'portrait_4_3',
  '576x1024': 'portrait_16_9',
  '1024x768': 'landscape_4_3',
  '1024x576': 'landscape_16_9',
}

/** The size as the endpoint takes it. Both sides are always sent: a missing one would become 512. */
export function sizePart({ size: rule, forced }: EndpointFacts, { width, height }: Size): Part {
  const asked = `${width} × ${height} pixels`
  if (rule === undefined) {
    return { dropped: `The size of ${asked} was not sent: this model decides it itself.` }
  }
  if (rule.kind === 'pixels') {
    return { input: { image_size: PRESETS[`${width}x${height}`] ?? { width, height } } }
  }
  const ratio = nearestRatio(rule.offered, { width, height })
  const tier = forced?.['resolution']
  const at = tier === undefined ? '' : ` at ${tier}, the size its list price covers`
  return {
    input: { aspect_ratio: ratio },
    adjusted: `The size of ${asked} was sent as ${ratio}${at}: this model takes ratios, not pixels.`,
  }
}

/** The offered ratio whose shape differs least, in proportion. */
function nearestRatio(offered: readonly string[], { width, height }: Size): string {
  const distance = (ratio: string): number => {
    const [wide = 1, high = 1] = ratio.split(':').map(Number)
    return Math.abs(Math.log((wide * height) / (high * width)))
  }
  return offered.reduce((best, ratio) => (distance(ratio) < distance(best) ? ratio : best))
}

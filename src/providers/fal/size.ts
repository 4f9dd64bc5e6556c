import { tierOf } from '../../pricing/bill.ts'
import { NAMED_SIZES, type Size } from '../../pricing/sizes.ts'
import type { EndpointFacts } from './models.ts'
import type { Part } from './parts.ts'

/** Returns the size in the form of the endpoint. Both sides are always sent: the default of a missing side is 512. */
export function sizePart({ size: rule }: EndpointFacts, { width, height }: Size): Part {
  const pixels = `${width} × ${height} pixels`
  if (rule === undefined) {
    return { dropped: `The size of ${pixels} was not sent: this model decides it itself.` }
  }
  if (rule.kind === 'pixels') {
    return { input: { image_size: nameOf({ width, height }) ?? { width, height } } }
  }
  const ratio = nearestRatio(rule.offered, { width, height })
  const tier = rule.tiers === undefined ? undefined : tierOf(rule.tiers, { width, height })
  const at = tier === undefined ? '' : ` at ${tier.name}`
  return {
    input: { aspect_ratio: ratio, ...(tier && { resolution: tier.name }) },
    adjusted: `The size of ${pixels} was sent as ${ratio}${at}: this model takes ratios, not pixels.`,
  }
}

/** The name of a size; fal uses the same names. */
function nameOf({ width, height }: Size): string | undefined {
  const named = Object.entries(NAMED_SIZES)
  return named.find(([, size]) => size.width === width && size.height === height)?.[0]
}

/** The offered ratio that is proportionally closest. */
function nearestRatio(offered: readonly string[], { width, height }: Size): string {
  const distance = (ratio: string): number => {
    const [wide = 1, high = 1] = ratio.split(':').map(Number)
    return Math.abs(Math.log((wide * height) / (high * width)))
  }
  return offered.reduce((best, ratio) => (distance(ratio) < distance(best) ? ratio : best))
}

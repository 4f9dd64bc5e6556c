import { lengthOf, megapixelsOf, readSeconds, type Measures } from './bill.ts'
import type { Operation } from './catalog.ts'
import { readSize } from './sizes.ts'

/** Arguments that raise the unit price of many models by a factor that fal's pricing API does not state. */
const QUALITY = /^(resolution|quality|rendering_speed|image_resolution|generate_audio|with_audio)$/

/**
 * Returns how many of fal's units (images, megapixels, seconds or characters) one output takes, as a plain decimal.
 * Null where the arguments do not decide it, as for compute time.
 */
export function upstreamUnits(
  unit: string,
  operation: Operation,
  { size, input }: Measures,
): string | null {
  if (Object.keys(input).some((field) => QUALITY.test(field))) return null
  switch (unit) {
    case 'images':
    case 'generations':
    case 'requests':
      return '1'
    case 'megapixels': {
      const pixels = size ?? readSize(input['image_size'])
      return operation === 'editImage' || pixels === null ? null : String(megapixelsOf(pixels))
    }
    case 'seconds': {
      const seconds = readSeconds(input['duration'])
      return seconds === 0 ? null : String(seconds)
    }
    case '1000 characters': {
      const text = input['text'] ?? input['prompt']
      return typeof text === 'string' ? thousandths(lengthOf(text)) : null
    }
    default:
      return null
  }
}

function thousandths(count: number): string {
  return `${Math.floor(count / 1000)}.${String(count % 1000).padStart(3, '0')}`
}

import { AppError } from '../errors.ts'
import { dependsOnInputs, type Bill, type Input, type Measures } from './bill.ts'
import { readSize, type Size } from './sizes.ts'

/** Fields that hold input images. */
const IMAGE_FIELDS = /(^|_)images?(_urls?)?$/

/**
 * Returns what the price of a `run` depends on. Throws `invalid_input` for a size that cannot be read. Also throws it
 * for input images whose size decides the price: only a tool that reads the images can price them.
 */
export function runMeasures(input: Input, bill: Bill): Measures {
  if (bill.by !== 'megapixel' && bill.by !== 'tier') return { input }
  const hasImages = Object.keys(input).some((name) => IMAGE_FIELDS.test(name))
  if (hasImages && dependsOnInputs(bill)) {
    throw new AppError(
      'invalid_input',
      'The price of this model depends on the size of its pictures.',
      {
        hint: 'Call editImage or upscale with it: they read the pictures.',
      },
    )
  }
  return { input, size: sizeIn(input) }
}

function sizeIn(input: Input): Size | undefined {
  const { image_size: named, width, height } = input
  const size =
    named ?? (width === undefined && height === undefined ? undefined : { width, height })
  if (size === undefined) return undefined
  const parsed = readSize(size)
  if (parsed !== null) return parsed
  throw new AppError(
    'invalid_input',
    'input.image_size must be a named size such as square_hd, or whole numbers width and height: the price depends on it.',
    { hint: 'Leave input.image_size out, or give a size.' },
  )
}

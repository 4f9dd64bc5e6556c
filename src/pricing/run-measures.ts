import { AppError } from '../errors.ts'
import { dependsOnInputs, type Bill, type Input, type Measures } from './bill.ts'
import { readSize, type Size } from './sizes.ts'

/** Fields that hold pictures to work on. */
const PICTURES = /(^|_)images?(_urls?)?$/

/**
 * What the price of a `run` rests on. Throws `invalid_input` for a size that cannot be read, and for pictures to work
 * on whose size the price depends on: only a tool that reads them can price them.
 */
export function runMeasures(input: Input, bill: Bill): Measures {
  if (bill.by !== 'megapixel' && bill.by !== 'tier') return { input }
  const hasPictures = Object.keys(input).some((name) => PICTURES.test(name))
  if (hasPictures && dependsOnInputs(bill)) {
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
  const asked =
    named ?? (width === undefined && height === undefined ? undefined : { width, height })
  if (asked === undefined) return undefined
  const size = readSize(asked)
  if (size !== null) return size
  throw new AppError(
    'invalid_input',
    'input.image_size must be a named size such as square_hd, or whole numbers width and height: the price depends on it.',
    { hint: 'Leave input.image_size out, or give a size.' },
  )
}

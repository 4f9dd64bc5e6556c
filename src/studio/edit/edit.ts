import { AppError } from '../../errors.ts'
import { assertFormatHolds, type ImageFormat } from '../../media/image.ts'
import type { Report, Result } from '../core/result.ts'
import { decode, encode, type ImageFile, type Raster } from '../core/raster.ts'
import { applyStep } from './apply.ts'
import { assertGlyphs } from '../core/render-text.ts'
import { parseEdit, splitInstruction } from './grammar.ts'
import { RESIZING, type Step } from './steps.ts'

/** Images, and what is to be done to the first of them; `count` is how many equal files come of it. */
export type EditRequest = {
  prompt: string
  images: ImageFile[]
  mask?: ImageFile
  count: number
  outputFormat?: ImageFormat
}

/**
 * Edits one image by an instruction in a small strict language; the whole instruction is understood
 * before a pixel changes. Throws `invalid_input` and `input_unreadable`.
 */
export async function editImage(request: EditRequest, report: Report): Promise<Result> {
  const { image, steps } = await readEdit(request)
  let raster: Raster = await decode(image)
  for (const [index, step] of steps.entries()) {
    report((index + 0.5) / (steps.length + 1), `Edit ${index + 1} of ${steps.length}`)
    raster = await applyStep(step, raster)
  }
  report(0.9, 'Writing the edited image')
  const bytes = await encode(raster, request.outputFormat ?? 'png')
  return {
    files: Array.from({ length: request.count }, () => bytes),
    notes: notesOn({ edits: steps.length, count: request.count, raster }),
    honoured: splitInstruction(request.prompt).map(({ text }) => text),
    notHonoured: [],
  }
}

type Facts = { edits: number; count: number; raster: Raster }

/** Returns the notes on a picture that was edited, one sentence each. */
export function notesOn({ edits, count, raster: { width, height } }: Facts): string[] {
  const applied = `${edits === 1 ? 'One edit' : `${edits} edits`} applied in the order given`
  return [
    `${edits === 0 ? 'The picture is as it was' : applied}; the result is ${width} x ${height} pixels.`,
    ...(count > 1 ? ['An edit has one result, so the outputs are the same.'] : []),
  ]
}

type Edit = { image: ImageFile; steps: Step[] }

/** Parses an edit request as a whole. Throws `invalid_input`, naming what works. */
export async function readEdit(request: EditRequest): Promise<Edit> {
  const [image] = request.images
  if (image === undefined || request.images.length > 1) {
    throw new AppError(
      'invalid_input',
      `${request.images.length} images were sent; one is edited here at a time.`,
      {
        hint: 'Send one image, or leave model out to combine several.',
      },
    )
  }
  if (request.mask !== undefined) {
    throw new AppError('invalid_input', 'A mask was sent; edits here change the whole picture.', {
      hint: 'Leave mask out, or leave model out for one that takes it.',
    })
  }
  const steps = parseEdit(request.prompt)
  for (const step of steps) if (step.kind === 'text') await assertGlyphs(step.text)
  const keepsSize = !steps.some(({ kind }) => RESIZING.has(kind))
  if (keepsSize && request.outputFormat !== undefined)
    assertFormatHolds(request.outputFormat, image)
  return { image, steps }
}

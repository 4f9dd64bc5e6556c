import { AppError, type ErrorCode } from '../../errors.ts'
import { applyStep } from '../edit/apply.ts'
import { notesOn, type EditRequest } from '../edit/edit.ts'
import {
  inQuotationMarks,
  MAX_STEPS,
  parseClause,
  splitInstruction,
  type Clause,
} from '../edit/grammar.ts'
import type { Report, Result } from '../core/result.ts'
import { decode, encode, type Raster } from '../core/raster.ts'
import { assertGlyphs } from '../core/render-text.ts'
import { blendByMask } from './blend-by-mask.ts'
import { markMissing, type Missing } from './mark-missing.ts'

/**
 * Stands in for a model that edits as it is told: does each clause that is an edit of this machine, where
 * the mask lets it, and says of the others that they are missing. Throws `input_unreadable`.
 */
export async function standInForEdit(
  { images, mask, count, outputFormat = 'png', prompt }: EditRequest,
  report: Report,
): Promise<Result> {
  const [image] = images
  if (image === undefined) throw new TypeError('an edit without an image')
  const source = await decode(image)
  const { raster, done, missing } = await edited(source, prompt, report)
  const hasSize = raster.width === source.width && raster.height === source.height
  const isMasked = mask !== undefined && hasSize
  const picture = isMasked ? await blendByMask(source, raster, await decode(mask)) : raster
  const marked = await markMissing(picture, [
    ...missing,
    ...(images.length > 1 ? [otherImages(images.length)] : []),
    ...(mask !== undefined && !hasSize ? [MASK] : []),
  ])
  report(0.9, 'Writing the edited image')
  const bytes = await encode(marked.raster, outputFormat)
  return {
    files: Array.from({ length: count }, () => bytes),
    notes: [...marked.notes, ...notesOn({ edits: done.length, count, raster })],
    honoured: [...done.map(({ text }) => text), ...(isMasked ? ['mask'] : [])],
    notHonoured: marked.notHonoured,
  }
}

type Edited = { raster: Raster; done: Clause[]; missing: Missing[] }

/** Does one clause after the other; what is no edit, or cannot be done to this picture, is missing. */
async function edited(source: Raster, instruction: string, report: Report): Promise<Edited> {
  const clauses = splitInstruction(instruction)
  const result: Edited = { raster: source, done: [], missing: [] }
  if (clauses.length === 0) result.missing.push(missingOf(instruction))
  let tries = 0
  for (const clause of clauses) {
    report(tries / (MAX_STEPS + 2), 'Editing')
    try {
      const step = parseClause(clause)
      if (step === null) result.missing.push(missingOf(clause.text))
      else if (tries === MAX_STEPS) result.missing.push(missingOf(clause.text, TOO_MANY))
      else {
        tries += 1
        if (step.kind === 'text') await assertGlyphs(step.text)
        result.raster = await applyStep(step, result.raster)
        result.done.push(clause)
      }
    } catch (error) {
      if (!(error instanceof AppError) || !REFUSALS.has(error.code)) throw error
      result.missing.push(missingOf(clause.text, error.message.replace(/\.$/, '')))
    }
  }
  return result
}

/** Errors of an edit that this picture, or this machine, does not allow. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set(['invalid_input', 'input_unreadable'])
const TOO_MANY = `at most ${MAX_STEPS} edits are done at once`

function missingOf(text: string, why?: string): Missing {
  return {
    short: text,
    long: why === undefined ? inQuotationMarks(text) : `${inQuotationMarks(text)}: ${why}`,
  }
}

const MASK: Missing = { short: 'the mask', long: 'mask: an edit changed the size of the picture' }

function otherImages(count: number): Missing {
  const name = count === 2 ? 'image 2' : `images 2 to ${count}`
  return { short: name, long: `${name}: only the first was edited` }
}

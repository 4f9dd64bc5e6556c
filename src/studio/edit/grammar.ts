import { AppError } from '../../errors.ts'
import { truncate } from '../../text.ts'
import { OPERATIONS } from './operations.ts'
import type { Step } from './steps.ts'

/** Most operations in one instruction. */
export const MAX_STEPS = 12

/** The `and` of "black and white" joins what it stands between. */
const JOINING = String.raw`(?:and|&)(?<=\b(?:black|b)\s*(?:and|&))\s*(?:white|w)\b`
const SEPARATOR = new RegExp(
  String.raw`(?:[,;\n]|\.(?=\s|$)|(?<=^|\s)(?!${JOINING})(?:and|then|&)(?=\s|$))+`,
  'i',
)
const POLITE =
  /^(?:(?:please|now|also|first|finally|just|next|can you|could you) )+| please$|(?<![!?])[!?]+$/gi
const QUOTED = /"[^"]*"|“[^”]*”|«[^»]*»/g

/** One clause of an instruction. */
export type Clause = {
  /** As it was written. */
  text: string
  /** In small letters, with a number in place of each quoted text. */
  words: string
  quotedTexts: readonly string[]
}

/** Splits an instruction into its clauses, in order. Separators inside quotation marks do not count. */
export function splitInstruction(instruction: string): Clause[] {
  const quotedTexts: string[] = []
  return instruction
    .replaceAll(QUOTED, (quote) => `"${quotedTexts.push(quote.slice(1, -1).trim()) - 1}"`)
    .split(SEPARATOR)
    .map((clause) => clause.trim().replaceAll(/\s+/g, ' ').replaceAll(POLITE, '').trim())
    .filter((clause) => clause !== '')
    .map((clause) => ({
      text: clause.replaceAll(/"(\d+)"/g, (_, at: string) => `"${quotedTexts[Number(at)] ?? ''}"`),
      words: clause.toLowerCase(),
      quotedTexts,
    }))
}

/**
 * Reads an instruction into steps. Every clause must be one known operation from its first word to its
 * last, so that nothing is half understood. Throws `invalid_input` naming the clause that is not.
 */
export function parseEdit(instruction: string): Step[] {
  const clauses = splitInstruction(instruction)
  if (clauses.length === 0) throw refusal('The instruction names no edit.')
  if (clauses.length > MAX_STEPS)
    throw refusal(
      `The instruction has ${clauses.length} parts; at most ${MAX_STEPS} are done at once.`,
    )
  return clauses.map((clause) => {
    const step = parseClause(clause)
    if (step !== null) return step
    throw refusal(
      `${inQuotationMarks(clause.text)} is no edit that can be done without an AI model; nothing was changed.`,
    )
  })
}

/** Returns the step that a clause asks for; null where it matches no operation. Throws `invalid_input` on a number out of bounds. */
export function parseClause({ words, quotedTexts }: Clause): Step | null {
  for (const { pattern, read } of OPERATIONS) {
    const match = pattern.exec(words)
    const step = match === null ? null : read(match.groups ?? {}, quotedTexts)
    if (step !== null) return step
  }
  return null
}

/** Returns the caller's own words for a message: in quotation marks, at most 60 characters. */
export function inQuotationMarks(words: string): string {
  return `"${truncate(words.replaceAll(/[\p{C}"]/gu, ''), 60)}"`
}

function refusal(message: string): AppError {
  const usages = OPERATIONS.map(({ usage }) => usage).join('; ')
  return new AppError('invalid_input', message, {
    hint: `What works here, on the whole picture, joined by "then": ${usages}. Leave model out for other edits.`,
  })
}

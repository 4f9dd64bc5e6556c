import { AppError } from '../../../errors.ts'
import { truncate } from '../../../text.ts'
import { OPERATIONS } from './operations.ts'
import type { Step } from './step.ts'

/** Most operations in one instruction. */
export const MAX_STEPS = 12

const SEPARATOR = /(?:[,;\n]|\.(?=\s|$)|(?<=^|\s)(?:and|then|&)(?=\s|$))+/
const POLITE =
  /^(?:(?:please|now|also|first|finally|just|next|can you|could you) )+| please$|(?<![!?])[!?]+$/g
const QUOTED = /"[^"]*"|“[^”]*”|«[^»]*»/g
const BLACK_AND_WHITE = /\bblack\s*(?:and|&|-)\s*white\b|\bb\s*&\s*w\b/g

/**
 * Reads an instruction into steps. Every clause must be one known operation from its first word to its
 * last, so that nothing is half understood. Throws `invalid_input` naming the clause that is not.
 */
export function parseEdit(instruction: string): Step[] {
  const quotes: string[] = []
  const clauses = instruction
    .replaceAll(QUOTED, (quote) => `"${quotes.push(quote.slice(1, -1).trim()) - 1}"`)
    .toLowerCase()
    .replaceAll(BLACK_AND_WHITE, 'black-white')
    .split(SEPARATOR)
    .map((clause) => clause.trim().replaceAll(/\s+/g, ' ').replaceAll(POLITE, '').trim())
    .filter((clause) => clause !== '')
  if (clauses.length === 0) throw refusal('The instruction names no edit.')
  if (clauses.length > MAX_STEPS)
    throw refusal(
      `The instruction has ${clauses.length} parts; at most ${MAX_STEPS} are done at once.`,
    )
  return clauses.map((clause) => parseClause(clause, quotes))
}

function parseClause(clause: string, quotes: readonly string[]): Step {
  for (const { pattern, read } of OPERATIONS) {
    const match = pattern.exec(clause)
    const step = match === null ? null : read(match.groups ?? {}, quotes)
    if (step !== null) return step
  }
  throw refusal(
    `"${truncate(clause.replaceAll(/[\p{C}"]/gu, ''), 60)}" is no edit that can be done without an AI model; nothing was changed.`,
  )
}

function refusal(message: string): AppError {
  const usages = OPERATIONS.map(({ usage }) => usage).join('; ')
  return new AppError('invalid_input', message, {
    hint: `What works here, on the whole picture, joined by "then": ${usages}. Other edits need live mode.`,
  })
}

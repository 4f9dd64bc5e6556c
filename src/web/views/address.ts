import { writeCursor } from '../../usage/cursor.ts'
import type { DayRange } from '../../usage/days.ts'
import type { Period } from '../../usage/periods.ts'
import { DIVISIONS, PAGE_SIZES, type Narrowing, type Question } from '../../usage/question.ts'

/** The range of a page whose address names none. */
export const PERIOD_DEFAULT: Period = '30d'

/** What a link changes of a question. Without `place` it leads to the newest rows. */
export type Changes = Partial<Pick<Question, 'by' | 'size' | 'place'>> & {
  days?: DayRange | Period
  filter?: Narrowing
}

/** Returns the query string of a question with some changes, without the leading `?`. What is usual is left out. */
export function queryOf(question: Question, changes: Changes = {}): string {
  const { days = question.period ?? question.range, place } = changes
  const { kind, operation, modality, model, keyId, sessionId } = {
    ...question.filter,
    ...changes.filter,
  }
  const { by, size } = { ...question, ...changes }
  const all = {
    ...(typeof days === 'string' ? { range: days === PERIOD_DEFAULT ? '' : days } : days),
    kind,
    model,
    operation,
    modality,
    key: keyId === '' ? 'none' : keyId,
    session: sessionId,
    by: by === DIVISIONS[0] ? '' : by,
    size: size === PAGE_SIZES[0] ? '' : String(size),
    before: place?.before === undefined ? '' : writeCursor(place.before),
    after: place?.after === undefined ? '' : writeCursor(place.after),
  }
  const given = Object.entries(all).flatMap(([name, value = '']): [string, string][] =>
    value ? [[name, value]] : [],
  )
  return new URLSearchParams(given).toString()
}

/** Returns the address of the page for a question with some changes. */
export function addressOf(question: Question, changes: Changes = {}, fragment = ''): string {
  const query = queryOf(question, changes)
  return `/${query && `?${query}`}${fragment && `#${fragment}`}`
}

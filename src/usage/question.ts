import type { Modality, Operation } from '../pricing/catalog.ts'
import type { DayRange } from './days.ts'
import type { Period } from './periods.ts'

/** Kinds of rows. Without one, charges, refunds and top-ups are listed. */
export const KINDS = ['charges', 'refunds', 'top-ups', 'failed'] as const
export type Kind = (typeof KINDS)[number]

/** What the bars of the chart are divided by. */
export const DIVISIONS = ['model', 'tool', 'key', 'session'] as const
export type Division = (typeof DIVISIONS)[number]

/** Rows on a page. */
export const PAGE_SIZES = [25, 50, 100] as const

/** Conditions on what is shown; all that are given must hold. */
export type Narrowing = {
  kind?: Kind | undefined
  operation?: Operation | undefined
  modality?: Modality | undefined
  model?: string | undefined
  /** Empty for work without an API key. */
  keyId?: string | undefined
  sessionId?: string | undefined
}

/**
 * Which page of the rows: those older than the entry number `before`, or newer than the entry number `after`, or those
 * of a day and before it.
 */
type Place = {
  before?: number | undefined
  after?: number | undefined
  day?: string | undefined
}

/** What a person asks of the usage page. Its address holds all of it, and every part of the page answers it. */
export type Question = {
  range: DayRange
  /** The offered range that was chosen; undefined for two dates. */
  period: Period | undefined
  filter: Narrowing
  by: Division
  size: number
  place: Place
}

/** Whether a filter leaves anything out. */
export function isNarrowed(filter: Narrowing): boolean {
  return Object.values(filter).some((value) => value !== undefined)
}

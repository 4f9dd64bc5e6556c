import { query, type Unit } from '../db/db.ts'
import { ownerWord } from '../db/search.ts'
import { findGeneration, type Generation } from '../generations/generation.ts'
import type { Operation } from '../pricing/catalog.ts'
import { lastDays } from './days.ts'
import { listTransactions } from './transactions.ts'

export type Wanted = {
  /** Words of the prompt; the last one may be a beginning. Without it the newest come first. */
  query?: string | undefined
  operation?: Operation | undefined
  /** UTC days up to today. */
  days: number
  /** Most results. */
  limit: number
}

/** Completed generations of an account, the best match or else the newest first. */
export function* findGenerations(
  accountId: string,
  { query: words, days, operation, limit }: Wanted,
  nowMs: number,
): Unit<Generation[]> {
  const since = Date.parse(lastDays(days, nowMs).from)
  const narrowed = { operation, since, limit }
  const ids =
    words === undefined
      ? yield* newest(accountId, narrowed)
      : yield* bestMatches(accountId, wordsOf(words), narrowed)
  const found: Generation[] = []
  for (const id of ids) found.push(yield* findGeneration(accountId, id))
  return found
}

type Narrowed = { operation: Operation | undefined; since: number; limit: number }

/** Each generation that completed has one entry, free ones too. */
function* newest(accountId: string, narrowed: Narrowed): Unit<string[]> {
  const page = yield* listTransactions(accountId, { type: 'generation', ...narrowed })
  return page.transactions.map(({ id }) => id)
}

/** What is no letter and no digit parts words, in every engine's index as well; so no text is a query of its own. */
function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}\p{M}]+/gu) ?? []
}

function* bestMatches(
  accountId: string,
  words: readonly string[],
  { operation, since, limit }: Narrowed,
): Unit<string[]> {
  if (words.length === 0) return []
  const rows = yield* query((db, sql, { search }) => {
    const asked = search.query([ownerWord(accountId), ...words])
    const filled = (text: string) => {
      const [head = '', ...tails] = text.split('?')
      return tails.reduce((built, tail) => sql`${built}${asked}${sql.raw(tail)}`, sql.raw(head))
    }
    const ofOperation = operation === undefined ? sql`` : sql`and operation = ${operation}`
    return {
      compile: () =>
        sql<{ generation_id: string }>`select generation_id from prompt_search
          where ${filled(search.matches)} and account_id = ${accountId} and at >= ${since} ${ofOperation}
          order by ${filled(search.best)}, at desc limit ${limit}`.compile(db),
    }
  })
  return rows.map(({ generation_id: id }) => id)
}

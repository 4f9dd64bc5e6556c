import { query, type TransactionBody } from '../db/db.ts'
import { ownerWord } from '../db/search.ts'
import { findGeneration, type Generation } from '../generations/generation.ts'
import type { Operation } from '../pricing/catalog.ts'
import { lastDays } from './days.ts'
import { listTransactions } from './transactions.ts'

/** A search for generations. */
export type Wanted = {
  /** Words of the prompt; the last one may be a prefix. Without it the newest are returned. */
  query?: string | undefined
  operation?: Operation | undefined
  /** Number of UTC days to search, including today. */
  days: number
  /** Limit of the results. */
  limit: number
}

/** Returns completed generations of an account, by best match, or newest first without a query. */
export function* findGenerations(
  accountId: string,
  { query: words, days, operation, limit }: Wanted,
  nowMs: number,
): TransactionBody<Generation[]> {
  const since = Date.parse(lastDays(days, nowMs).from)
  const scope = { operation, since, limit }
  const ids =
    words === undefined
      ? yield* newest(accountId, scope)
      : yield* bestMatches(accountId, splitWords(words), scope)
  const found: Generation[] = []
  for (const id of ids) found.push(yield* findGeneration(accountId, id))
  return found
}

type Scope = { operation: Operation | undefined; since: number; limit: number }

/** Each completed generation has one entry, free ones too. */
function* newest(accountId: string, scope: Scope): TransactionBody<string[]> {
  const page = yield* listTransactions(accountId, { type: 'generation', ...scope })
  return page.transactions.map(({ id }) => id)
}

/**
 * Splits a text into words at all characters except letters, digits and marks, as the index of each engine does. So no
 * text can contain query syntax.
 */
function splitWords(text: string): string[] {
  return text.match(/[\p{L}\p{N}\p{M}]+/gu) ?? []
}

function* bestMatches(
  accountId: string,
  words: readonly string[],
  { operation, since, limit }: Scope,
): TransactionBody<string[]> {
  if (words.length === 0) return []
  const rows = yield* query((db, sql, { search }) => {
    const match = search.query([ownerWord(accountId), ...words])
    const filled = (text: string) => {
      const [head = '', ...tails] = text.split('?')
      return tails.reduce((built, tail) => sql`${built}${match}${sql.raw(tail)}`, sql.raw(head))
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

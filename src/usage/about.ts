import { preparedQuery, query, type TransactionBody } from '../db/db.ts'
import type { StoredRequest } from '../generations/generation.ts'
import { promptOf, type PaidRequest } from '../generations/request.ts'
import { isMeasured } from '../media/inspect.ts'
import { memoize, memoizeFor } from '../once.ts'
import { truncate } from '../text.ts'

/** Most characters of a description. */
const ABOUT_MAX = 300
/** Most steps back from a result without a prompt to the prompt that its input was made from. */
const STEPS_MAX = 4

/** A file of this server in a reference: an id, an `inkwell://assets/…` URI or a link. */
const OWN_FILE = /^(?:inkwell:\/\/assets\/|https?:\/\/\S+\/)?((?:asset|gen)_[0-9a-z]+)(?:\?\S*)?$/i

/** Returns the id of the file or generation of this server that a reference names; null for anything else. */
export function ownFileOf(reference: string): string | null {
  return OWN_FILE.exec(reference.trim())?.[1] ?? null
}

/**
 * Returns a short description of each generation, by id: its prompt, or for work without one what its input shows
 * (`of “notebook”`), or the name of the input. Text from outside.
 */
export function* aboutOf(ids: readonly string[]): TransactionBody<Map<string, string>> {
  const about = new Map<string, string>()
  let open = ids.map((id) => ({ id, at: id, name: '' }))
  for (let step = 0; step < STEPS_MAX && open.length > 0; step += 1) {
    const requests = yield* requestsOf(open.map(({ at }) => at))
    const next: typeof open = []
    for (const { id, at, name } of open) {
      const request = requests.get(at)
      const prompt = request === undefined ? null : promptOf(request)
      const source = request === undefined || prompt !== null ? null : inputOf(request)
      const fallback = name || (source === null ? '' : baseName(source))
      about.set(
        id,
        prompt === null ? fallback : truncate(step === 0 ? prompt : `of “${prompt}”`, ABOUT_MAX),
      )
      const own = source === null ? null : ownFileOf(source)
      if (own !== null) next.push({ id, at: own, name: fallback })
    }
    open = yield* withGenerations(next)
  }
  return about
}

/** Returns the first picture of each generation of an account that has one, by id. */
export function* thumbnailsOf(
  accountId: string,
  ids: readonly string[],
): TransactionBody<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = yield* query((db) =>
    db
      .selectFrom('asset')
      .select(['id', 'generation_id', 'mime_type', 'position', 'removed_at'])
      .where('account_id', '=', accountId)
      .where('generation_id', 'in', ids),
  )
  return new Map(
    rows
      .filter(({ mime_type, removed_at }) => removed_at === null && isMeasured(mime_type))
      .toSorted((a, b) => b.position - a.position)
      .map(({ id, generation_id }) => [generation_id ?? '', id] as const),
  )
}

/** Returns the input images of a request as the caller named them; for `run` only those of this server. */
export function inputsOf(request: PaidRequest): string[] {
  switch (request.operation) {
    case 'generateImage':
      return []
    case 'editImage':
      return [...request.images, ...(request.mask === undefined ? [] : [request.mask])]
    case 'removeBackground':
    case 'upscale':
      return [request.image]
    case 'run':
      return Object.values(request.input)
        .flat()
        .filter((value) => typeof value === 'string')
        .filter((value) => ownFileOf(value) !== null)
  }
}

/** Returns the last part of a path or URL; an inline image has no name. */
export function baseName(source: string): string {
  if (source.startsWith('data:')) return 'an inline image'
  return (
    source
      .replace(/[?#].*$/s, '')
      .split(/[\\/]/)
      .at(-1) ?? ''
  )
}

function inputOf(request: PaidRequest): string | null {
  return inputsOf(request)[0] ?? null
}

/** Each number of ids has a statement of its own. */
const selectFor = memoize(selectOf)

function selectOf(count: number) {
  return preparedQuery((db, ids: readonly string[]) =>
    db
      .selectFrom('generation')
      .select(['id', 'request'])
      .where(
        'id',
        'in',
        Array.from({ length: count }, (_, place) => ids[place] ?? ''),
      ),
  )
}

function* requestsOf(ids: readonly string[]): TransactionBody<ReadonlyMap<string, PaidRequest>> {
  if (ids.length === 0) return new Map()
  const rows = yield* selectFor(ids.length)(ids)
  return requestsFor(rows, () => {
    const stored = rows.flatMap(({ id, request }) => {
      const { request: read } = JSON.parse(request) as Partial<StoredRequest>
      return read === undefined ? [] : [[id, read] as const]
    })
    return new Map(stored)
  })
}

const requestsFor = memoizeFor<ReadonlyMap<string, PaidRequest>>()

type Open = { id: string; at: string; name: string }

/** Replaces files by the generations that made them, of the same account only. Others are left out. */
function* withGenerations(rows: readonly Open[]): TransactionBody<Open[]> {
  if (rows.length === 0) return []
  const files = yield* query((db) =>
    db
      .selectFrom('asset')
      .innerJoin('generation', 'generation.id', 'asset.generation_id')
      .innerJoin('generation as user', 'user.account_id', 'generation.account_id')
      .select(['asset.id', 'asset.generation_id', 'user.id as user_id'])
      .where(
        'asset.id',
        'in',
        rows.map(({ at }) => at),
      )
      .where(
        'user.id',
        'in',
        rows.map(({ id }) => id),
      ),
  )
  const direct = yield* query((db) =>
    db
      .selectFrom('generation')
      .innerJoin('generation as user', 'user.account_id', 'generation.account_id')
      .select(['generation.id', 'user.id as user_id'])
      .where(
        'generation.id',
        'in',
        rows.map(({ at }) => at),
      )
      .where(
        'user.id',
        'in',
        rows.map(({ id }) => id),
      ),
  )
  const found = new Map([
    ...direct.map((row) => [`${row.user_id} ${row.id}`, row.id] as const),
    ...files.map((row) => [`${row.user_id} ${row.id}`, row.generation_id ?? ''] as const),
  ])
  return rows.flatMap((row) => {
    const at = found.get(`${row.id} ${row.at}`)
    return at === undefined ? [] : [{ ...row, at }]
  })
}

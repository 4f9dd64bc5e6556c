import { query, firstOrThrow, type TransactionBody } from '../db/db.ts'
import type { HoldTable } from '../db/schema/ledger.ts'
import type { Files } from '../generations/files.ts'
import { findGeneration, type Generation, type StoredRequest } from '../generations/generation.ts'
import { seedOf, type PaidRequest } from '../generations/request.ts'
import { isMeasured } from '../media/inspect.ts'
import { describeFile, kindOfType } from '../media/kinds.ts'
import { sessionLabel } from './budgets.ts'
import { aboutOf, baseName, inputsOf, ownFileOf } from './about.ts'

/** One step of how a price came about. `at` is in milliseconds since 1970, amounts are micro-dollars. */
export type PriceStep = {
  what: 'held' | 'charged' | 'released' | 'expired' | 'refunded'
  at: number
  amount: number
  /** The id of its entry; null for a hold, which has none. */
  entryId: string | null
}

/** A file as a page shows it. */
export type ShownFile = {
  id: string
  shows: 'picture' | 'video' | 'sound' | 'nothing'
  mimeType: string
  /** Its type and size, in words. */
  words: string
  /** Without the dot. */
  extension: string
  /** When it was removed, or will be, in milliseconds since 1970; null if it is kept for ever. */
  removedAt: number | null
  expiresAt: number | null
}

/** An input. `label` is text from outside. `generationId` is set if an own generation made it. */
export type ShownInput = { label: string; assetId: string | null; generationId: string | null }

/** Everything that a page shows of one generation. */
export type GenerationPage = {
  generation: Generation
  about: string
  files: ShownFile[]
  inputs: ShownInput[]
  steps: PriceStep[]
  seed: number | null
  /** The size that was asked for; null for other work than pictures from text. */
  size: { width: number; height: number } | null
  key: { id: string; label: string } | null
  session: { id: string; name: string }
}

/** Reads the page of a generation of an account. Throws `not_found`, also for one of another account. */
export function* generationPage(
  accountId: string,
  id: string,
  { store, removalOf }: Pick<Files, 'store' | 'removalOf'>,
): TransactionBody<GenerationPage> {
  const generation = yield* findGeneration(accountId, id)
  const {
    request: stored,
    key_id,
    ...hold
  } = firstOrThrow(
    yield* query((db) =>
      db
        .selectFrom('generation')
        .innerJoin('hold', 'hold.id', 'generation.id')
        .selectAll('hold')
        .select('generation.request')
        .where('generation.id', '=', id),
    ),
  )
  const { request } = JSON.parse(stored) as StoredRequest
  const about = yield* aboutOf([id])
  const { sessionId, assets } = generation
  const [session] = yield* query((db) =>
    db.selectFrom('session').select(['name', 'created_at']).where('id', '=', sessionId),
  )
  const [key] = yield* query((db) =>
    db.selectFrom('api_key').select(['name', 'prefix']).where('id', '=', key_id),
  )
  return {
    generation,
    about: about.get(id) ?? '',
    files: assets.map((asset) => {
      const { id: assetId, mime_type: mimeType, width, height, bytes } = asset
      return {
        id: assetId,
        removedAt: asset.removed_at,
        expiresAt: removalOf(asset),
        mimeType,
        shows: mediumOf(mimeType),
        words: describeFile({ mimeType, width, height, bytes }),
        extension: kindOfType(mimeType)?.extension ?? 'file',
      }
    }),
    inputs: yield* shownInputs(accountId, request, store),
    steps: yield* priceSteps(id, hold),
    seed: seedOf(request),
    size: 'width' in request ? { width: request.width, height: request.height } : null,
    key: key_id === '' ? null : { id: key_id, label: key?.name ?? `${key?.prefix ?? key_id}…` },
    session: {
      id: sessionId,
      name: session === undefined ? sessionId : sessionLabel(session.name, session.created_at),
    },
  }
}

function mediumOf(mimeType: string): ShownFile['shows'] {
  if (isMeasured(mimeType)) return 'picture'
  if (mimeType.startsWith('video/')) return 'video'
  return mimeType.startsWith('audio/') && mimeType !== 'audio/pcm' ? 'sound' : 'nothing'
}

function* priceSteps(
  id: string,
  hold: Pick<HoldTable, 'state' | 'amount' | 'created_at' | 'resolved_at'>,
): TransactionBody<PriceStep[]> {
  const entries = yield* query((db) =>
    db
      .selectFrom('entry')
      .select(['id', 'kind', 'at', 'amount'])
      .where('ref', '=', id)
      .where('kind', 'in', ['capture', 'refund'])
      .orderBy('seq'),
  )
  const { state, amount, created_at, resolved_at } = hold
  const steps: PriceStep[] = [{ what: 'held', at: created_at, amount, entryId: null }]
  for (const { id: entryId, kind, at, amount: moved } of entries)
    steps.push({ what: kind === 'refund' ? 'refunded' : 'charged', at, amount: moved, entryId })
  if (state === 'released' || state === 'expired')
    steps.push({ what: state, at: resolved_at ?? created_at, amount, entryId: null })
  return steps
}

function* shownInputs(
  accountId: string,
  request: PaidRequest,
  { pathOf }: Files['store'],
): TransactionBody<ShownInput[]> {
  const references = inputsOf(request)
  const nameOf = (reference: string): string =>
    ownFileOf(reference) ?? pathOf(reference) ?? reference
  const names = ['', ...references.map(nameOf)]
  const rows =
    references.length === 0
      ? []
      : yield* query((db) =>
          db
            .selectFrom('asset')
            .select(['id', 'generation_id', 'path', 'mime_type', 'position'])
            .where('account_id', '=', accountId)
            .where((eb) =>
              eb.or([
                eb('id', 'in', names),
                eb('generation_id', 'in', names),
                eb('path', 'in', names),
              ]),
            )
            .orderBy('position', 'desc'),
        )
  const about = yield* aboutOf(rows.flatMap(({ generation_id }) => generation_id ?? []))
  const named = new Map(
    rows.flatMap((row) =>
      [row.id, row.path, row.generation_id].map((name) => [name, row] as const),
    ),
  )
  return references.map((reference) => {
    const row = named.get(nameOf(reference))
    return {
      label: (row && about.get(row.generation_id ?? '')) || baseName(reference),
      assetId: row !== undefined && isMeasured(row.mime_type) ? row.id : null,
      generationId: row?.generation_id ?? null,
    }
  })
}

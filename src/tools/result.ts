import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import type { Caller } from '../accounts/caller.ts'
import type { Mode } from '../config.ts'
import type { Generation } from '../generations/generation.ts'
import type { AssetTable } from '../generations/schema.ts'
import { display, money } from '../money.ts'
import { OPERATIONS } from '../pricing/catalog.ts'
import { MoneyShape, SessionShape, showBudget } from '../usage/shapes.ts'
import type { Standing } from '../usage/standing.ts'
import type { Content } from './tool.ts'

const OutputShape = z.object({
  assetId: z.string(),
  uri: z.string(),
  path: z.string().nullable(),
  url: z.string().nullable(),
  mimeType: z.string(),
  width: z.number().nullable(),
  height: z.number().nullable(),
  bytes: z.number(),
  sha256: z.string(),
})

const ErrorShape = z.looseObject({
  code: z.string(),
  message: z.string(),
  hint: z.string(),
  retryable: z.boolean(),
  charged: MoneyShape,
})

/** What every paid tool answers; a quote has no id and no outputs yet. */
export const PaidResultShape = z.object({
  id: z.string().optional(),
  status: z.enum(['completed', 'running', 'failed', 'quoted']),
  operation: z.enum(OPERATIONS),
  model: z.string(),
  provider: z.string(),
  mode: z.enum(['test', 'live']),
  billing: z.enum(['credits', 'own_key']),
  priceSource: z.enum(['catalog', 'operator', 'parent', 'upstream', 'default']),
  replayed: z.boolean().optional(),
  outputs: z.array(OutputShape).optional(),
  notes: z.array(z.string()).optional(),
  adjusted: z.array(z.string()).optional(),
  dropped: z.array(z.string()).optional(),
  /** Of a `run` that was only quoted: what the model takes. */
  inputs: z.array(z.string()).optional(),
  honoured: z.array(z.string()).optional(),
  notHonoured: z.array(z.string()).optional(),
  cost: MoneyShape,
  balance: MoneyShape,
  lowBalance: z.boolean(),
  session: SessionShape,
  allowed: z.boolean().optional(),
  refusal: ErrorShape.nullable().optional(),
  error: ErrorShape.optional(),
})

type Shown = {
  generation: Generation
  caller: Pick<Caller, 'mayReadFiles' | 'linkTo'>
  standing: Standing
  mode: Mode
  replayed: boolean
}

/** The structured half of a result. No bytes ever go into it. */
export function structuredResult({
  generation,
  caller,
  standing,
  mode,
  replayed,
}: Shown): z.infer<typeof PaidResultShape> {
  const { id, status, operation, model, provider, billing, priceSource, remarks } = generation
  return {
    id,
    status,
    operation,
    model,
    provider,
    mode,
    billing,
    priceSource,
    replayed,
    outputs: generation.assets.map((asset) => showAsset(asset, caller)),
    ...remarks,
    cost: money(generation.cost),
    ...showStanding(standing),
  }
}

/** Balance and session as every paid result carries them. */
export function showStanding({ balance, lowBalance, session }: Standing) {
  return {
    balance: money(balance.available),
    lowBalance,
    session: { id: session.id, ...showBudget(session) },
  }
}

/** The same facts in plain words. */
export function resultText({ generation, caller, standing, mode, replayed }: Shown): string {
  const { id, status, assets, model, held } = generation
  if (status === 'running') {
    return `Still running as ${id} with ${model}; ${display(held)} is held for it and nothing is charged yet. Call getGeneration with this id in a while: that is free.`
  }
  const files = assets
    .map((asset) => `${whereIs(asset, caller)} (${describe(asset)}, ${asset.id})`)
    .join('; ')
  return [
    `${assets.length === 1 ? 'Saved' : `Saved ${assets.length} files:`} ${files}.`,
    costText({ generation, mode, replayed }),
    ...generation.remarks.notes,
    ...generation.remarks.adjusted,
    ...generation.remarks.dropped,
    standingText(standing),
  ].join(' ')
}

function costText({
  generation: { model, cost, billing },
  mode,
  replayed,
}: Pick<Shown, 'generation' | 'mode' | 'replayed'>): string {
  if (cost === 0) return `${model} is free.`
  const account = billing === 'own_key' ? ' on your own fal.ai account, no credits' : ''
  const credits = mode === 'test' ? ' in test credits' : ''
  const once = replayed ? ', charged once with the first call of this idempotencyKey' : ''
  return `${model} cost ${display(cost)}${account}${credits}${once}.`
}

/** Balance and budget in one or two sentences. */
export function standingText({ balance, lowBalance, session }: Standing): string {
  const left = `Balance ${display(balance.available)}.`
  const budget =
    session.limit === null
      ? ''
      : ` Session budget: ${display(session.remaining ?? 0)} of ${display(session.limit)} left.`
  return `${left}${budget}${lowBalance ? ' Low balance: buyCredits or `inkwell billing buy` adds credits.' : ''}`
}

/** A link for each file, for clients that can open them. */
export function links({ generation, caller }: Pick<Shown, 'generation' | 'caller'>): Content[] {
  return generation.assets.map((asset) => ({
    type: 'resource_link',
    uri: uriOf(asset, caller),
    name: asset.id,
    mimeType: asset.mime_type,
  }))
}

/** Where a file is for this caller, in a word: no path of this machine means anything over HTTP. */
export function whereIs(asset: AssetTable, caller: Shown['caller']): string {
  return caller.mayReadFiles ? asset.path : (caller.linkTo?.(asset.id) ?? uriOf(asset, caller))
}

function showAsset(asset: AssetTable, caller: Shown['caller']): z.infer<typeof OutputShape> {
  const { id, mime_type: mimeType, width, height, bytes, sha256 } = asset
  const path = caller.mayReadFiles ? asset.path : null
  const uri = uriOf(asset, caller)
  const url = caller.linkTo?.(id) ?? null
  return { assetId: id, uri, path, url, mimeType, width, height, bytes, sha256 }
}

function uriOf({ id, path }: AssetTable, { mayReadFiles }: Pick<Caller, 'mayReadFiles'>): string {
  return mayReadFiles ? pathToFileURL(path).href : `inkwell://assets/${id}`
}

/** Size, type and bytes of a file in a few words. */
export function describe({ width, height, mime_type: type, bytes }: AssetTable): string {
  const kind = type.replace(/^\w+\//, '').toUpperCase()
  const size = bytes < 1000 ? `${bytes} bytes` : `${Math.round(bytes / 1000)} kB`
  return width === null ? `${kind}, ${size}` : `${width}×${height} ${kind}, ${size}`
}

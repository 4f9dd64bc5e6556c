import type * as z from 'zod'
import type { Caller } from '../accounts/caller.ts'
import type { Mode } from '../mode.ts'
import { PREVIEW_MAX, type Files } from '../generations/files.ts'
import type { Generation } from '../generations/generation.ts'
import type { AssetTable } from '../db/schema/generations.ts'
import { dayOf } from '../ledger/rules.ts'
import { describeFile } from '../media/kinds.ts'
import { display, money } from '../money.ts'
import { showBinding, showBudget } from '../usage/shapes.ts'
import {
  accountStatus as readAccountStatus,
  type BindingScope,
  type AccountStatus,
} from '../usage/account-status.ts'
import { placeOf, placesOf, whereIs, type Places } from './places.ts'
import { previewIfReadable } from './preview.ts'
import type { OutputShape, PaidResultShape } from './result-shape.ts'
import type { Link, Reply, Services } from './tool.ts'

const FETCH_LATER = 'Call getGeneration with this id in a while: that is free.'

/** A result has at most one picture, but a model that chooses between files must see all. */
const VIEW_OTHERS = 'viewImage shows the others, by asset id.'

/** A generation with the facts about its caller that a result shows. */
type ShownGeneration = {
  generation: Generation
  places: Places
  accountStatus: AccountStatus
  mode: Mode
  replayed: boolean
}

/** Adds the current account status of the caller to a generation. */
export async function shownTo(
  caller: Caller,
  { generation, replayed }: Pick<ShownGeneration, 'generation' | 'replayed'>,
  { mode, generations: { db, now, files } }: Services,
): Promise<ShownGeneration> {
  const accountStatus = await db.read(() => readAccountStatus(caller, now()))
  const places = await placesOf(generation.assets, caller, files)
  return { generation, replayed, places, mode, accountStatus }
}

/** Converts a generation to a tool result, with a small picture of its first file if `preview` is true. */
export async function paidReply(
  shown: ShownGeneration,
  { preview, files }: { preview: boolean; files: Files },
): Promise<Reply> {
  const { assets } = shown.generation
  const picture = preview ? await previewIfReadable(files, assets[0], PREVIEW_MAX) : []
  const others = picture.length > 0 && assets.filter(isImage).length > 1 ? [VIEW_OTHERS] : []
  const hint = [...hintOf(shown.generation), ...others].join(' ')
  return {
    content: [{ type: 'text', text: [resultText(shown), ...others].join(' ') }, ...picture],
    links: links(shown),
    structured: { ...structuredResult(shown), ...(hint !== '' && { hint }) },
  }
}

/** Returns the next step, for a model whose client shows it only the structured half. */
function hintOf({ status, held, assets: [first] }: Generation): string[] {
  if (status === 'running') return [`${chargeText(held)}.`, FETCH_LATER]
  return first !== undefined && isImage(first)
    ? [`If you see no picture, call viewImage with ${first.id}.`]
    : []
}

function isImage({ mime_type: type }: AssetTable): boolean {
  return type.startsWith('image/')
}

/** Describes the charge of running work. Nothing is charged yet; `held` is in micro-USD. */
function chargeText(held: number): string {
  return held === 0
    ? 'Nothing is charged'
    : `${display(held)} is held for it and nothing is charged yet`
}

/** Returns the structured half of a result. It never contains file bytes. */
export function structuredResult({
  generation,
  places,
  accountStatus,
  mode,
  replayed,
}: ShownGeneration): z.infer<typeof PaidResultShape> {
  const { id, status, operation, model, provider, billing, priceSource, remarks } = generation
  const notes = generation.unsaved ? [UNSAVED] : remarks.notes
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
    outputs: generation.assets.map((asset) => showAsset(asset, places)),
    ...remarks,
    notes,
    cost: money(generation.cost),
    ...showAccountStatus(accountStatus),
  }
}

/** Converts an account status to the fields that every paid result has. */
export function showAccountStatus({ balance, lowBalance, session, binding }: AccountStatus) {
  return {
    balance: money(balance.available),
    lowBalance,
    session: { id: session.id, ...showBudget(session) },
    ...(binding !== null && { bindingLimit: showBinding(binding) }),
  }
}

const UNSAVED =
  'The work is done; its files wait for disk space on the server, and are saved without another call once there is some.'

/** Returns the text of a result, with the same facts as the structured half. */
function resultText({
  generation,
  places,
  accountStatus,
  mode,
  replayed,
}: ShownGeneration): string {
  const { id, status, assets, model, held } = generation
  if (status === 'running') {
    const state = generation.unsaved ? `${UNSAVED} It is ${id}` : `Still running as ${id}`
    return `${state} with ${model}. ${chargeText(held)}. ${FETCH_LATER} ${accountStatusText(accountStatus)}`
  }
  const files = assets
    .map((asset) => `${whereIs(asset, places)} (${describe(asset)}, ${asset.id})`)
    .join('; ')
  return [
    `${assets.length === 1 ? 'Saved' : `Saved ${assets.length} files:`} ${files}, as ${id}.`,
    costText({ generation, mode, replayed }),
    ...generation.remarks.notes,
    ...generation.remarks.adjusted,
    ...generation.remarks.dropped,
    accountStatusText(accountStatus),
  ].join(' ')
}

function costText({
  generation: { model, cost, billing },
  mode,
  replayed,
}: Pick<ShownGeneration, 'generation' | 'mode' | 'replayed'>): string {
  if (cost === 0) return `${model} is free.`
  const account = billing === 'own_key' ? ' on your own fal.ai account, no credits' : ''
  const credits = mode === 'test' ? ' in test credits' : ''
  const once = replayed ? ', charged once with the first call like this' : ''
  return `${model} cost ${display(cost)}${account}${credits}${once}.`
}

const LIMITS: Record<BindingScope, string> = {
  session: 'Session budget',
  day: 'Daily budget',
  month: 'Monthly limit',
  key: 'Limit of this API key',
  group: "Limit of this key's group",
}

/** Returns the balance and the tightest limit in one or two sentences. */
export function accountStatusText({ balance, lowBalance, binding }: AccountStatus): string {
  const left = `Balance ${display(balance.available)}.`
  const budget =
    binding === null
      ? ''
      : ` ${LIMITS[binding.scope]}: ${display(binding.remaining ?? 0)} of ${display(binding.limit ?? 0)} left.`
  return `${left}${budget}${lowBalance ? ' Low balance: buyCredits gives a payment link for more credits.' : ''}`
}

/** Returns a link for each file, for clients that can open links. */
function links({ generation, places }: ShownGeneration): Link[] {
  return generation.assets.map((asset) => ({
    type: 'resource_link',
    uri: placeOf(asset, places).uri,
    name: asset.id,
    mimeType: asset.mime_type,
  }))
}

function showAsset(asset: AssetTable, places: Places): z.infer<typeof OutputShape> {
  const { id, mime_type: mimeType, width, height, bytes, sha256 } = asset
  const { expiresAt, ...place } = placeOf(asset, places)
  const facts = { mimeType, width, height, bytes, sha256 }
  const until = expiresAt === null ? null : new Date(expiresAt).toISOString()
  return { assetId: id, ...place, ...facts, expiresAt: until }
}

/** Describes the dimensions, type and size of a file. */
export function describe(asset: AssetTable): string {
  const { width, height, mime_type: mimeType, bytes, removed_at } = asset
  const gone = removed_at === null ? '' : `, removed on ${dayOf(removed_at)}`
  return `${describeFile({ mimeType, width, height, bytes })}${gone}`
}

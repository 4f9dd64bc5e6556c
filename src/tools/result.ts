import { pathToFileURL } from 'node:url'
import type { z } from 'zod'
import type { Caller } from '../accounts/caller.ts'
import type { Mode } from '../mode.ts'
import type { Generation } from '../generations/generation.ts'
import type { AssetTable } from '../db/schema/generations.ts'
import { describeFile } from '../media/kinds.ts'
import { display, money } from '../money.ts'
import { showBinding, showBudget } from '../usage/shapes.ts'
import {
  accountStatus as readStanding,
  type BindingScope,
  type AccountStatus,
} from '../usage/account-status.ts'
import { previewIfThere } from './preview.ts'
import type { OutputShape, PaidResultShape } from './result-shape.ts'
import type { Link, Reply, Services } from './tool.ts'

const GO_ON = 'Call getGeneration with this id in a while: that is free.'

/** Several files come with one picture at most, and a model that chooses must see them all. */
const OTHERS = 'viewImage shows the others, by asset id.'

/** Longest side of the picture in an answer, in pixels. */
const PREVIEW_MAX = 512

/** A generation, and what of its caller is told with it. */
type Shown = {
  generation: Generation
  caller: Pick<Caller, 'mayReadFiles' | 'linkTo'>
  standing: AccountStatus
  mode: Mode
  replayed: boolean
}

/** The same with how the caller stands now. */
export async function shownTo(
  caller: Caller,
  { generation, replayed }: Pick<Shown, 'generation' | 'replayed'>,
  { mode, generations: { db, now } }: Services,
): Promise<Shown> {
  const standing = await db.read(() => readStanding(caller, now()))
  return { generation, replayed, caller, mode, standing }
}

/** A generation as a tool answers it, with a small picture of its first file where that is wanted. */
export async function paidReply(shown: Shown, preview: boolean): Promise<Reply> {
  const { assets } = shown.generation
  const picture = preview ? await previewIfThere(assets[0]?.path, PREVIEW_MAX) : []
  const others = picture.length > 0 && assets.filter(isImage).length > 1 ? [OTHERS] : []
  const hint = [...hintOf(shown.generation), ...others].join(' ')
  return {
    content: [{ type: 'text', text: [resultText(shown), ...others].join(' ') }, ...picture],
    links: links(shown),
    structured: { ...structuredResult(shown), ...(hint !== '' && { hint }) },
  }
}

/** What to do next, for a model whose client shows it the structured half alone. */
function hintOf({ status, held, assets: [first] }: Generation): string[] {
  if (status === 'running') return [`${chargeText(held)}.`, GO_ON]
  return first !== undefined && isImage(first)
    ? [`If you see no picture, call viewImage with ${first.id}.`]
    : []
}

function isImage({ mime_type: type }: AssetTable): boolean {
  return type.startsWith('image/')
}

/** What becomes of the price of work in hand: its cost so far is nothing. */
function chargeText(held: number): string {
  return held === 0
    ? 'Nothing is charged'
    : `${display(held)} is held for it and nothing is charged yet`
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
    outputs: generation.assets.map((asset) => showAsset(asset, caller)),
    ...remarks,
    notes,
    cost: money(generation.cost),
    ...showStanding(standing),
  }
}

/** Balance and session as every paid result carries them. */
export function showStanding({ balance, lowBalance, session, binding }: AccountStatus) {
  return {
    balance: money(balance.available),
    lowBalance,
    session: { id: session.id, ...showBudget(session) },
    ...(binding !== null && { bindingLimit: showBinding(binding) }),
  }
}

const UNSAVED =
  'The work is done; its files wait for disk space on the server, and are saved without another call once there is some.'

/** The same facts in plain words. */
function resultText({ generation, caller, standing, mode, replayed }: Shown): string {
  const { id, status, assets, model, held } = generation
  if (status === 'running') {
    const state = generation.unsaved ? `${UNSAVED} It is ${id}` : `Still running as ${id}`
    return `${state} with ${model}. ${chargeText(held)}. ${GO_ON} ${standingText(standing)}`
  }
  const files = assets
    .map((asset) => `${whereIs(asset, caller)} (${describe(asset)}, ${asset.id})`)
    .join('; ')
  return [
    `${assets.length === 1 ? 'Saved' : `Saved ${assets.length} files:`} ${files}, as ${id}.`,
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
  const once = replayed ? ', charged once with the first call like this' : ''
  return `${model} cost ${display(cost)}${account}${credits}${once}.`
}

const LIMITS: Record<BindingScope, string> = {
  session: 'Session budget',
  day: 'Daily budget',
  month: 'Monthly limit',
  key: 'Limit of this API key',
}

/** Balance and the limit that binds in one or two sentences. */
export function standingText({ balance, lowBalance, binding }: AccountStatus): string {
  const left = `Balance ${display(balance.available)}.`
  const budget =
    binding === null
      ? ''
      : ` ${LIMITS[binding.scope]}: ${display(binding.remaining ?? 0)} of ${display(binding.limit ?? 0)} left.`
  return `${left}${budget}${lowBalance ? ' Low balance: buyCredits gives a payment link for more credits.' : ''}`
}

/** A link for each file, for clients that can open them. */
function links({ generation, caller }: Shown): Link[] {
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
export function describe({ width, height, mime_type: mimeType, bytes }: AssetTable): string {
  return describeFile({ mimeType, width, height, bytes })
}

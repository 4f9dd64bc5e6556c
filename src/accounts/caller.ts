import type { Config } from '../config.ts'
import type { Db } from '../db/db.ts'
import type { Payer } from '../db/schema/ledger.ts'
import type { Caps } from '../ledger/rules.ts'
import { findAccount } from '../ledger/queries/account.ts'
import { storedModelList, type ModelLists } from '../pricing/model-list.ts'
import { SCOPES, type Scope } from './scopes.ts'
import { LOCAL_ACCOUNT } from './sessions.ts'

/**
 * The account, key and session of a call. The server resolves it from its configuration and the connection, never
 * from arguments, so that a model cannot name another account or give itself a new budget. Money is in micro-dollars.
 */
export type Caller = {
  account: { id: string; name: string }
  /** Empty on stdio and the command line. */
  keyId: string
  /** The group of the key; null without one. */
  groupId: string | null
  /** Allowed actions: all on this machine; over HTTP those of the key. */
  scopes: readonly Scope[]
  /** `budget` applies if this caller begins the session. `cap` applies in every session that it joins. */
  session: { name: string; budget: number | null; cap: number | null }
  caps: Omit<Caps, 'session'>
  /** The largest price of one call, in micro-dollars; null is no limit. */
  maxPrice: number | null
  /** The price above which the key wants the approval of a person, in micro-dollars; null is no limit. */
  approveAbove: number | null
  /** The lists of allowed models, read with the key; undefined on this machine, where `withModelLists` reads them. */
  models: ModelLists | undefined
  billing: Payer
  /** Whether this caller may name files on this machine. */
  mayReadFiles: boolean
  /** Returns a link that opens a file without a key for a limited time; null where the caller can read the files. */
  linkTo: ((assetId: string) => string) | null
}

/** The caps of a key without a group. */
const NO_GROUP_CAPS = { group_day: null, group_month: null, group_total: null } as const

/** Returns the session scope of a caller. */
export function sessionScope({ account, session }: Caller): {
  accountId: string
  name: string
  budget: number | null
} {
  return { accountId: account.id, name: session.name, budget: session.budget }
}

/** Returns the caller on this machine: stdio client or command line. `fallback` is the default session name. */
export function localCaller({ budgets, fal, sessionName }: Config, fallback: string): Caller {
  return {
    account: LOCAL_ACCOUNT,
    keyId: '',
    groupId: null,
    scopes: SCOPES,
    session: { name: sessionName ?? fallback, budget: budgets.session, cap: null },
    caps: {
      day: budgets.day,
      month: budgets.month,
      key_day: null,
      key_month: null,
      key_total: null,
      ...NO_GROUP_CAPS,
    },
    maxPrice: null,
    approveAbove: null,
    models: undefined,
    billing: fal.ownKey === undefined ? 'credits' : 'own_key',
    mayReadFiles: true,
    linkTo: null,
  }
}

/** A caller with the current lists of allowed models. */
export type ListedCaller = Caller & { models: ModelLists }

/**
 * Adds the current model lists to a caller, for one call. A caller on this machine is kept for long, but a command may
 * change the list of its account at any time.
 */
export async function withModelLists(db: Db, caller: Caller): Promise<ListedCaller> {
  if (caller.models !== undefined) return { ...caller, models: caller.models }
  const [account] = await db.read(() => findAccount({ id: caller.account.id }))
  return { ...caller, models: { account: storedModelList(account?.models ?? null), key: null } }
}

import type { Config } from '../config.ts'
import type { Db } from '../db/db.ts'
import type { Payer } from '../db/schema/ledger.ts'
import type { Caps } from '../ledger/rules.ts'
import { findAccount } from '../ledger/queries/account.ts'
import { storedModelList, type ModelLists } from '../pricing/model-list.ts'
import { SCOPES, type Scope } from './scopes.ts'
import { LOCAL_ACCOUNT } from './sessions.ts'

/**
 * Who asks, resolved by the server from its configuration and the connection: never from arguments, so
 * that a model cannot name another account or give itself a new budget.
 */
export type Caller = {
  account: { id: string; name: string }
  /** Empty on stdio and the command line. */
  keyId: string
  /** What may be asked for: all of it on this machine, what its key allows over HTTP. */
  scopes: readonly Scope[]
  /** `budget` counts where the session begins with this caller, `cap` in every session it joins. */
  session: { name: string; budget: number | null; cap: number | null }
  caps: Omit<Caps, 'session'>
  /** The lists of models that came with its key; undefined on this machine, where `listed` asks for them. */
  models: ModelLists | undefined
  billing: Payer
  /** Whether this caller may name files of this machine. */
  mayReadFiles: boolean
  /** Makes a link that opens a file without a key for a while; null where files are at hand. */
  linkTo: ((assetId: string) => string) | null
}

/** The session scope of a caller. */
export function sessionScope({ account, session }: Caller): {
  accountId: string
  name: string
  budget: number | null
} {
  return { accountId: account.id, name: session.name, budget: session.budget }
}

/** The caller on this machine: the stdio client, or whoever types a command. `fallback` names its session. */
export function localCaller({ budgets, fal, sessionName }: Config, fallback: string): Caller {
  return {
    account: LOCAL_ACCOUNT,
    keyId: '',
    scopes: SCOPES,
    session: { name: sessionName ?? fallback, budget: budgets.session, cap: null },
    caps: {
      day: budgets.day,
      month: budgets.month,
      key_day: null,
      key_month: null,
      key_total: null,
    },
    models: undefined,
    billing: fal.ownKey === undefined ? 'credits' : 'own_key',
    mayReadFiles: true,
    linkTo: null,
  }
}

/** A caller with the lists of models that hold for it now. */
export type ListedCaller = Caller & { models: ModelLists }

/**
 * A caller for one call: who works on this machine lives longer than the list of its account, which a command may
 * change at any time.
 */
export async function listed(db: Db, caller: Caller): Promise<ListedCaller> {
  if (caller.models !== undefined) return { ...caller, models: caller.models }
  const [account] = await db.read(() => findAccount({ id: caller.account.id }))
  return { ...caller, models: { account: storedModelList(account?.models ?? null), key: null } }
}

import type { HoldRequest } from '../../src/ledger/ledger.ts'
import { budgetsOf, dayOf, type Caps } from '../../src/ledger/rules.ts'
import type { HoldState } from '../../src/db/schema/ledger.ts'
import type { Operation, Result } from './operations.ts'

type Account = Record<
  | 'available'
  | 'held'
  | 'spent'
  | 'granted'
  | 'purchased'
  | 'clawed_back'
  | 'debt'
  | 'entries'
  | 'last_at',
  number
>
type Hold = {
  request: HoldRequest
  day: string
  state: HoldState
  captured: number
  chargedOn: string
  refunded: boolean
}

/**
 * The ledger once more, as arithmetic in memory: no SQL, no transactions, nothing shared with the
 * real one but the names of its budgets.
 */
export class Model {
  now = Date.UTC(2026, 10, 30, 23, 30) // half an hour before a month ends
  readonly accounts = new Map<string, Account>()
  readonly budgets = new Map<string, { cap: number | null; held: number; spent: number }>()
  readonly holds = new Map<string, Hold>()
  readonly purchases = new Map<string, { accountId: string; credits: number; taken: number }>()
  /** What the operator gave or took, by account and request key. */
  readonly credits = new Map<string, number>()
  readonly usage = new Map<string, { count: number; amount: number }>()

  open(id: string, granted: number): void {
    const empty = { held: 0, spent: 0, purchased: 0, clawed_back: 0, debt: 0 }
    this.accounts.set(id, {
      ...empty,
      available: granted,
      granted,
      entries: 1,
      last_at: this.now,
    })
  }

  apply(operation: Operation): Result {
    switch (operation.do) {
      case 'hold':
        return this.#hold(operation.request, operation.caps)
      case 'capture':
        return this.#capture(operation.id, operation.amount)
      case 'release':
        return this.#release(operation.id, operation.state)
      case 'refund':
        return this.#refund(operation.accountId, operation.id)
      case 'buy':
        return this.#buy(operation.id, operation.accountId, operation.cents)
      case 'takeBack':
        return operation.stale ? 'replay' : this.#takeBack(operation.id, operation.target)
      case 'credit':
        return this.#adjust(operation)
    }
  }

  account(id: string): Account {
    const account = this.accounts.get(id)
    if (account === undefined) throw new Error(`the model has no account ${id}`)
    return account
  }

  #hold(request: HoldRequest, caps: Caps): Result {
    const known = this.holds.get(request.id)
    if (known !== undefined) {
      return known.request.fingerprint === request.fingerprint ? 'replay' : 'idempotency_conflict'
    }
    const { amount } = request
    const account = this.account(request.account_id)
    const paid = request.billing === 'credits' && amount > 0
    if (paid && (account.debt > 0 || account.available < amount)) return 'insufficient_credits'
    const day = dayOf(this.now)
    const budgets = budgetsOf({ ...request, day })
    for (const { id, scope } of budgets) {
      const cap = caps[scope]
      const used = this.budgets.get(id) ?? { held: 0, spent: 0 }
      if (amount > 0 && exceeds(cap, used, amount)) return REFUSALS[scope]
    }
    for (const { id, scope } of budgets) {
      const used = this.budgets.get(id) ?? { held: 0, spent: 0 }
      // A cap below what was used already is not taken over: no row may stand above its cap.
      const asked = caps[scope]
      const cap = exceeds(asked, used, amount) ? (this.budgets.get(id)?.cap ?? null) : asked
      this.budgets.set(id, { cap, held: used.held + amount, spent: used.spent })
    }
    if (paid) {
      account.available -= amount
      account.held += amount
    }
    this.holds.set(request.id, {
      request,
      day,
      state: 'held',
      captured: 0,
      chargedOn: '',
      refunded: false,
    })
    return 'done'
  }

  #capture(id: string, amount: number): Result {
    const hold = this.holds.get(id)
    if (hold?.state === 'captured' && hold.captured === amount) return 'replay'
    if (hold?.state !== 'held' || amount > hold.request.amount) return 'HoldError'
    const account = this.account(hold.request.account_id)
    this.#settle(hold, 'captured', amount)
    if (hold.request.billing === 'credits') account.spent += amount
    this.#enter(account)
    // A clock that is a few minutes back is believed, one that is further back is not.
    const late = account.last_at - this.now > 300_000
    hold.chargedOn = dayOf(late ? account.last_at : this.now)
    this.#count(hold, 1)
    return 'done'
  }

  #release(id: string, state: 'released' | 'expired'): Result {
    const hold = this.holds.get(id)
    if (hold?.state === state) return 'replay'
    if (hold?.state !== 'held') return 'HoldError'
    this.#settle(hold, state, 0)
    return 'done'
  }

  #refund(accountId: string, id: string): Result {
    const hold = this.holds.get(id)
    const charged = hold?.state === 'captured' && hold.request.billing === 'credits'
    if (!charged || hold.captured === 0 || hold.request.account_id !== accountId) return 'not_found'
    if (hold.refunded) return 'replay'
    const account = this.account(accountId)
    hold.refunded = true
    account.spent -= hold.captured
    this.#credit(account, hold.captured)
    this.#enter(account)
    this.#count(hold, -1)
    return 'done'
  }

  #buy(id: string, accountId: string, cents: number): Result {
    if (this.purchases.has(id)) return 'replay'
    const account = this.account(accountId)
    const credits = cents * 10_000
    this.purchases.set(id, { accountId, credits, taken: 0 })
    account.purchased += credits
    this.#credit(account, credits)
    this.#enter(account)
    return 'done'
  }

  /** Brings what is taken back to a target: what is no longer there becomes a debt. */
  #takeBack(id: string, target: number): Result {
    const purchase = this.purchases.get(id)
    if (purchase === undefined) return 'replay'
    const more = target - purchase.taken
    if (more === 0) return 'done'
    const account = this.account(purchase.accountId)
    const paid = Math.min(account.available, more)
    purchase.taken = target
    account.clawed_back += more
    if (more < 0) this.#credit(account, -more)
    else {
      account.available -= paid
      account.debt += more - paid
    }
    this.#enter(account)
    return 'done'
  }

  #adjust({ accountId, amount, key }: Extract<Operation, { do: 'credit' }>): Result {
    const known = this.credits.get(`${accountId} ${key}`)
    if (known !== undefined) return known === amount ? 'replay' : 'idempotency_conflict'
    const account = this.account(accountId)
    if (account.available < -amount) return 'insufficient_credits'
    this.credits.set(`${accountId} ${key}`, amount)
    if (amount > 0) {
      account.granted += amount
      this.#credit(account, amount)
    } else {
      account.clawed_back -= amount
      account.available += amount
    }
    this.#enter(account)
    return 'done'
  }

  #settle(hold: Hold, state: HoldState, captured: number): void {
    const { request, day } = hold
    hold.state = state
    hold.captured = captured
    for (const { id } of budgetsOf({ ...request, day })) {
      const used = this.budgets.get(id)
      if (used === undefined) throw new Error(`the model has no budget ${id}`)
      used.held -= request.amount
      used.spent += captured
    }
    if (request.billing === 'own_key') return
    const account = this.account(request.account_id)
    account.held -= request.amount
    this.#credit(account, request.amount - captured)
  }

  #credit(account: Account, amount: number): void {
    const repaid = Math.min(account.debt, amount)
    account.debt -= repaid
    account.available += amount - repaid
  }

  #enter(account: Account): void {
    account.entries += 1
    account.last_at = Math.max(account.last_at, this.now)
  }

  #count({ request, chargedOn, captured }: Hold, by: 1 | -1): void {
    const key = [request.account_id, chargedOn, request.key_id, request.billing].join(' ')
    const counted = this.usage.get(key) ?? { count: 0, amount: 0 }
    this.usage.set(key, { count: counted.count + by, amount: counted.amount + by * captured })
  }
}

const REFUSALS: Record<keyof Caps, Result> = {
  session: 'session_budget_exceeded',
  day: 'daily_budget_exceeded',
  month: 'monthly_limit_exceeded',
  key_day: 'key_budget_exceeded',
  key_month: 'key_budget_exceeded',
  key_total: 'key_budget_exceeded',
  group_day: 'key_budget_exceeded',
  group_month: 'key_budget_exceeded',
  group_total: 'key_budget_exceeded',
}

function exceeds(cap: number | null, used: { held: number; spent: number }, amount: number) {
  return cap !== null && used.held + used.spent + amount > cap
}

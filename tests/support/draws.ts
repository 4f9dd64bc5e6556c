import fc from 'fast-check'
import type { Payer } from '../../src/db/schema/ledger.ts'
import { SIGNUP_GRANT, type Caps } from '../../src/ledger/rules.ts'
import { holdOf, NO_CAPS } from './holds.ts'
import type { Model } from './model.ts'
import type { Operation } from './operations.ts'
import { purchaseId } from './purchases.ts'

/** The accounts of random sequences. */
export const ACCOUNTS = ['acct_1', 'acct_2']

/** An operation as drawn: the id is one of a few, amounts may depend on what the model holds. */
export type Drawn = (model: Model) => Operation

const id = fc.nat(15).map((number) => `gen_${number}`)
const accountId = fc.constantFrom(...ACCOUNTS)
const amount = fc.oneof(
  { weight: 1, arbitrary: fc.constant(0) },
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 1_500_000 }) },
  { weight: 2, arbitrary: fc.constantFrom(500_000, 1_000_000) }, // sums that meet a cap exactly
  { weight: 1, arbitrary: fc.constantFrom(SIGNUP_GRANT, SIGNUP_GRANT + 1) },
)
const cap = fc.oneof(fc.constant(null), fc.constantFrom(1_000_000, 1_500_000, 4_000_000))
const caps: fc.Arbitrary<Caps> = fc.record({
  session: cap,
  day: cap,
  month: cap,
  key_day: cap,
  key_month: cap,
  key_total: cap,
  group_day: cap,
  group_month: cap,
  group_total: cap,
})

const newHold: fc.Arbitrary<Drawn> = fc
  .record({
    id,
    amount,
    accountId,
    caps: fc.oneof(fc.constant(null), caps),
    session: fc.nat(1),
    keyed: fc.boolean(),
    grouped: fc.boolean(),
    billing: fc.constantFrom<Payer[]>('credits', 'credits', 'own_key'),
    all: fc.nat(3).map((chance) => chance === 0), // what is taken back after that becomes a debt
  })
  .map(
    ({ accountId: account_id, session, keyed, grouped, caps: limits, all, ...rest }) =>
      (model) => {
        const amount = all ? model.account(account_id).available : rest.amount
        return {
          do: 'hold',
          caps: limits ?? NO_CAPS,
          request: holdOf({
            ...rest,
            amount,
            account_id,
            session_id: `ses_${account_id}_${session}`,
            key_id: keyed ? `key_${account_id}` : '',
            group_id: keyed && grouped ? `grp_${account_id}` : null,
            fingerprint: `${account_id} ${amount}`,
          }),
        }
      },
  )

/** The same request once more, where there was one: its caps do not matter to a replay. */
const repeatedHold: fc.Arbitrary<Drawn> = fc.record({ id, newHold }).map(({ id, newHold }) => {
  return (model) => {
    const known = model.holds.get(id)
    return known ? { do: 'hold', request: known.request, caps: NO_CAPS } : newHold(model)
  }
})

const capturing: fc.Arbitrary<Drawn> = fc
  .record({ id, percent: fc.oneof(fc.constant(100), fc.integer({ min: 0, max: 110 })) })
  .map(({ id, percent }) => (model) => {
    const held = model.holds.get(id)?.request.amount ?? 100
    return { do: 'capture', id, amount: Math.floor((held * percent) / 100) }
  })

const releasing: fc.Arbitrary<Drawn> = fc
  .record({ id, state: fc.constantFrom<('released' | 'expired')[]>('released', 'expired') })
  .map(({ id, state }) => () => ({ do: 'release', id, state }))

/** A refund, mostly by the account that was charged. */
const refunding: fc.Arbitrary<Drawn> = fc
  .record({ id, stranger: fc.option(accountId, { freq: 5 }) })
  .map(({ id, stranger }) => (model) => {
    const owner = model.holds.get(id)?.request.account_id ?? 'acct_1'
    return { do: 'refund', id, accountId: stranger === null ? owner : stranger }
  })

const purchase = fc.nat(3).map(purchaseId)

const buying: fc.Arbitrary<Drawn> = fc
  .record({ id: purchase, accountId, cents: fc.integer({ min: 1, max: 1_500 }) })
  .map((drawn) => () => ({ do: 'buy', ...drawn }))

/** Any part of a purchase, more or less than before. */
const takingBack: fc.Arbitrary<Drawn> = fc
  .record({
    id: purchase,
    percent: fc.oneof(fc.constantFrom(0, 100), fc.nat(100)),
    stale: fc.nat(4).map((chance) => chance === 0),
  })
  .map(({ id, percent, stale }) => (model) => {
    const credits = model.purchases.get(id)?.credits ?? 0
    return { do: 'takeBack', id, target: Math.ceil((credits * percent) / 100), stale }
  })

/** Credits of the operator, or what is taken back of them, under a key that may come again. */
const crediting: fc.Arbitrary<Drawn> = fc
  .record({
    accountId,
    amount: fc.integer({ min: -2_000_000, max: 2_000_000 }).filter((micro) => micro !== 0),
    all: fc.nat(3).map((chance) => chance === 0),
    key: fc.nat(5).map(String),
    repeated: fc.boolean(),
  })
  .map(({ all, repeated, ...drawn }) => (model) => {
    const { available } = model.account(drawn.accountId)
    const known = repeated ? model.credits.get(`${drawn.accountId} ${drawn.key}`) : undefined
    const amount = all && available > 0 ? -available : drawn.amount
    return { do: 'credit', ...drawn, amount: known ?? amount }
  })

/** Any operation, the common ones more often. */
export const operation = fc.oneof(
  { weight: 8, arbitrary: newHold },
  { weight: 2, arbitrary: repeatedHold },
  { weight: 6, arbitrary: capturing },
  { weight: 3, arbitrary: releasing },
  { weight: 4, arbitrary: refunding },
  { weight: 1, arbitrary: buying },
  { weight: 2, arbitrary: takingBack },
  { weight: 2, arbitrary: crediting },
)

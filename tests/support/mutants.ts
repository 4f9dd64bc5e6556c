import type { Mutant } from './mutant.ts'

const ACCOUNT = 'ledger/queries/account.ts'
const BUDGET = 'ledger/queries/budget.ts'
const HOLD = 'ledger/queries/hold.ts'
const LEDGER = 'ledger/ledger.ts'
const POST = 'ledger/post.ts'
const SUMS = 'ledger/queries/sums.ts'
const SQLITE = 'db/sqlite/sqlite.ts'
const UNITS = 'db/sqlite/units.ts'
const DIALECT = 'db/dialect.ts'
const QUEUE = 'db/queue.ts'
const SCHEMA = 'db/migrations/0001-initial.ts'

/** Every guard of the ledger and its engine, each broken in turn. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'a hold does not ask what is available',
    file: ACCOUNT,
    from: ".where('available', '>=', p.amount)",
    to: '',
  },
  {
    name: 'a hold is refused where it takes all that is available',
    file: ACCOUNT,
    from: ".where('available', '>=', p.amount)",
    to: ".where('available', '>', p.amount)",
  },
  {
    name: 'credits come in past an open debt',
    file: ACCOUNT,
    from: 'sql`${available} - ${debt} + ${amount}`',
    to: 'sql`${available} + ${amount}`',
    by: 'credits pay an open debt first',
  },
  { name: 'a release gives nothing', file: ACCOUNT, from: ', ...credited(sql, p.amount)', to: '' },
  { name: 'entries are not counted', file: ACCOUNT, from: "'+', entries)", to: "'+', 0)" },
  {
    name: 'the clock is trusted',
    file: ACCOUNT,
    from: 'case when last_at > ${p.at} then last_at else ${p.at} end',
    to: '${p.at}',
  },
  {
    name: 'a budget refuses what meets its cap exactly',
    file: BUDGET,
    from: 'excluded.held <= excluded.cap',
    to: 'excluded.held < excluded.cap',
    by: 'a refused hold leaves nothing',
  },
  {
    name: 'the first use of a budget is refused where it meets the cap',
    file: BUDGET,
    from: 'column7 <= column6',
    to: 'column7 < column6',
  },
  {
    name: 'the first use of a budget may pass the cap',
    file: BUDGET,
    from: 'column7 <= column6',
    to: 'column7 >= 0',
  },
  {
    name: 'a budget forgets what is held',
    file: BUDGET,
    from: 'budget.held + budget.spent + excluded.held <=',
    to: 'budget.spent + excluded.held <=',
  },
  {
    name: 'a budget keeps the cap it had at first',
    file: BUDGET,
    from: 'cap = excluded.cap, ',
    to: '',
  },
  {
    name: 'the end of a hold leaves it in the budgets',
    file: BUDGET,
    from: "held: eb('held', '-', p.amount), ",
    to: '',
  },
  {
    name: 'a capture is not counted in the budgets',
    file: BUDGET,
    from: ", spent: eb('spent', '+', p.captured)",
    to: '',
  },
  {
    name: 'the roll-up forgets amounts after the first',
    file: SUMS,
    from: ", ${add('amount')}",
    to: '',
  },
  {
    name: 'a hold ends more than once',
    file: HOLD,
    from: ".where('state', '=', 'held')\n    .where('amount',",
    to: ".where('amount',",
  },
  {
    name: 'a capture may be above its hold',
    file: HOLD,
    from: ".where('amount', '>=', p.captured)",
    to: '',
  },
  {
    name: 'another request under the same id is taken for a replay',
    file: LEDGER,
    from: 'if (known?.fingerprint === row.fingerprint) return false',
    to: 'return false',
  },
  {
    name: 'the refusal of a budget is not heard',
    file: LEDGER,
    from: 'within.has(budget)',
    to: 'amount > 0',
  },
  {
    name: 'only the first budget counts',
    file: LEDGER,
    from: 'budgetsOf(row).map(',
    to: 'budgetsOf(row).slice(0, 1).map(',
  },
  { name: 'a capture keeps the rest', file: POST, from: 'held.amount - amount : 0', to: '0 : 0' },
  {
    name: 'the roll-up counts on the day of the hold',
    file: LEDGER,
    from: 'sumOf({ ...held, day, amount })',
    to: 'sumOf({ ...held, amount })',
  },
  {
    name: 'a charge is refunded again',
    file: LEDGER,
    from: 'if (done !== undefined) return done.id === id',
    to: '',
    by: 'gives the charge back once',
  },
  {
    name: 'a stranger gets the refund',
    file: LEDGER,
    from: 'charge?.account_id !== accountId ||',
    to: 'charge === undefined ||',
  },
  {
    name: 'a refund stays in the roll-up',
    file: LEDGER,
    from: 'yield* takeFromSums(sumOf({ ...held, day: charge.day, amount }))',
    to: '',
  },
  { name: 'a refund counts on a day of its own', file: LEDGER, from: 'charge.day,\n', to: '\n' },
  {
    name: 'work on an own key moves credits',
    file: POST,
    from: "return billing === 'credits' && amount > 0",
    to: "return billing !== 'credits' || amount > 0",
  },
  {
    name: 'any end of a hold passes for a replay',
    file: POST,
    from: 'if (hold?.state === state && hold.captured === captured) return false',
    to: 'if (hold !== undefined) return false',
  },
  {
    name: 'a capture of another amount passes for a replay',
    file: POST,
    from: 'hold?.state === state && hold.captured === captured',
    to: 'hold?.state === state',
  },
  {
    name: 'a refusal takes its neighbours with it',
    file: SQLITE,
    from: 'return await commit(() => calls.map(units.runAlone))',
    to: 'throw error',
  },
  { name: 'what a refused unit wrote stays', file: UNITS, from: 'execute(ROLLBACK_TO)', to: '' },
  {
    name: 'commits are not synced',
    file: SQLITE,
    from: "database.pragma('synchronous = FULL')",
    to: '',
  },
  {
    name: 'a write locks the file too late',
    file: SQLITE,
    from: 'begin immediate',
    to: 'begin deferred',
  },
  {
    name: 'a busy file is not waited for',
    file: SQLITE,
    from: 'if (performance.now() > giveUpAt)',
    to: 'if (giveUpAt > 0)',
  },
  {
    name: 'a full disk refuses one unit and commits the others',
    file: UNITS,
    from: 'if (isStorage(error) || isBusy(error) || !database.inTransaction) throw error',
    to: '',
  },
  {
    name: 'every write is a commit of its own',
    file: QUEUE,
    from: 'BATCH_MAX = 128',
    to: 'BATCH_MAX = 1',
  },
  { name: 'refusals are answered as done', file: QUEUE, from: 'if (outcome.ok)', to: 'if (true)' },
  {
    name: 'the schema lets credits appear',
    file: SCHEMA,
    from: 'check (available + held + spent = granted + purchased - clawed_back + debt)',
    to: 'check (true)',
  },
  {
    name: 'the schema lets a balance be overdrawn',
    file: SCHEMA,
    from: ' check (available >= 0)',
    to: '',
  },
  {
    name: 'the schema lets a budget pass its cap',
    file: SCHEMA,
    from: 'check (cap is null or held + spent <= cap)',
    to: 'check (true)',
  },
  {
    name: 'the schema lets a capture pass its hold',
    file: SCHEMA,
    from: 'captured between 0 and amount',
    to: 'captured >= 0',
  },
  {
    name: 'the schema lets one charge post twice',
    file: SCHEMA,
    from: 'unique (kind, ref, account_id), -- in this order a search for refunds passes over the charges',
    to: '',
  },
  {
    name: 'the schema lets entries be removed',
    file: DIALECT,
    from: "['update', 'delete']",
    to: "['update']",
  },
]

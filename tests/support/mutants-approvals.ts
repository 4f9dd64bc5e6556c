import type { Mutant } from './mutant.ts'
import type { Suite } from './mutation.ts'

const ASK = 'approvals/ask.ts'
const DECIDE = 'approvals/decide.ts'
const QUERIES = 'approvals/queries.ts'
const BEGIN = 'generations/begin-approved.ts'

/** The guards of calls that a person approves, each broken in turn. */
export const APPROVAL_MUTANTS: readonly Mutant[] = [
  {
    name: 'what costs as much as the limit asks',
    file: BEGIN,
    from: 'quote.price > limit',
    to: 'quote.price >= limit',
  },
  {
    name: 'the limit of a key does not count',
    file: BEGIN,
    from: 'lower(approveAbove, caller.approveAbove)',
    to: 'approveAbove',
  },
  {
    name: 'a call goes on without a decision',
    file: ASK,
    from: "open.status === 'pending'",
    to: "open.status !== 'pending'",
  },
  {
    name: 'equal calls hold twice',
    file: 'db/migrations/0022-approvals.ts',
    from: 'create unique index approval_open',
    to: 'create index approval_open',
  },
  {
    name: 'one approval is used twice',
    file: QUERIES,
    from: "      .where('status', '=', sql.lit('approved'))\n",
    to: '',
  },
  {
    name: 'an approval covers any price',
    file: ASK,
    from: 'amount === request.amount && ',
    to: '',
  },
  {
    name: 'what was refused is asked for again at once',
    file: ASK,
    from: 'if (refused !== undefined)',
    to: 'if (refused === undefined && at < 0)',
  },
  {
    name: 'any number of calls wait',
    file: ASK,
    from: 'OPEN_MAX = 20',
    to: 'OPEN_MAX = 200',
  },
  {
    name: 'a decision comes in time for ever',
    file: QUERIES,
    from: ".where('status', '=', sql.lit('pending'))\n    .where('expires_at', '>', p.decided_at)",
    to: ".where('status', '=', sql.lit('pending'))",
  },
  {
    name: 'an approval that was given expires with the question',
    file: QUERIES,
    from: "      .where('expires_at', '<=', p.upTo)\n",
    to: '',
  },
  {
    name: 'what is refused stays held',
    file: DECIDE,
    from: 'else yield* release(decided.generation_id, at)',
    to: '',
  },
  {
    name: 'what expires stays held',
    file: ASK,
    from: 'if (expired !== undefined)',
    to: 'if (expired === undefined)',
  },
  {
    name: 'nothing expires by itself',
    file: 'generations/recover.ts',
    from: 'if (left.due) await expireAll(deps)',
    to: '',
  },
  {
    name: 'another key decides',
    file: DECIDE,
    from: 'keyId === undefined || found.key_id === keyId',
    to: 'keyId !== found.id',
  },
  {
    name: 'another account decides',
    file: DECIDE,
    from: 'accountId === undefined || found.account_id === accountId',
    to: 'accountId !== found.id',
  },
]

export const APPROVAL_SUITE: Suite = {
  room: 'generations',
  tests: ['approvals', 'approval-decisions'],
  testsFor: () => ['approvals', 'approval-decisions'],
}

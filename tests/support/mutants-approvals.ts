import type { NamedMutant } from './mutant.ts'
import type { Suite } from './mutation.ts'

const ASK = 'approvals/ask.ts'
const DECIDE = 'approvals/decide.ts'
const QUERIES = 'approvals/queries.ts'
const BEGIN = 'generations/begin-approved.ts'

type ApprovalMutant = NamedMutant<'approvals' | 'approval-decisions'>

/** The guards of calls that a person approves, each broken in turn. */
export const APPROVAL_MUTANTS: readonly ApprovalMutant[] = [
  {
    name: 'what costs as much as the limit asks',
    test: 'approvals',
    file: BEGIN,
    from: 'quote.price > limit',
    to: 'quote.price >= limit',
    by: 'one at the limit passes',
  },
  {
    name: 'the limit of a key does not count',
    test: 'approvals',
    file: BEGIN,
    from: 'lower(approveAbove, caller.approveAbove)',
    to: 'approveAbove',
    by: 'smaller limit of server and key',
  },
  {
    name: 'a call goes on without a decision',
    test: 'approval-decisions',
    file: ASK,
    from: "open.status === 'pending'",
    to: "open.status !== 'pending'",
    by: 'a quote tells',
  },
  {
    name: 'equal calls hold twice',
    test: 'approval-decisions',
    file: 'db/migrations/0022-approvals.ts',
    from: 'create unique index approval_open',
    to: 'create index approval_open',
    by: 'the writes themselves',
  },
  {
    name: 'one approval is used twice',
    test: 'approval-decisions',
    file: QUERIES,
    from: "      .where('status', '=', sql.lit('approved'))\n",
    to: '',
    by: 'the writes themselves',
  },
  {
    name: 'an approval covers any price',
    test: 'approval-decisions',
    file: ASK,
    from: 'amount === request.amount && ',
    to: '',
    by: 'a price that has changed',
  },
  {
    name: 'what was refused is asked for again at once',
    test: 'approval-decisions',
    file: ASK,
    from: 'if (refused !== undefined)',
    to: 'if (refused === undefined && at < 0)',
    by: 'to refuse gives the hold back',
  },
  {
    name: 'any number of calls wait',
    test: 'approvals',
    file: ASK,
    from: 'OPEN_MAX = 20',
    to: 'OPEN_MAX = 200',
    by: 'while 20 of its key wait',
  },
  {
    name: 'a decision comes in time for ever',
    test: 'approval-decisions',
    file: QUERIES,
    from: ".where('status', '=', sql.lit('pending'))\n    .where('expires_at', '>', p.decided_at)",
    to: ".where('status', '=', sql.lit('pending'))",
    by: 'after 15 minutes',
  },
  {
    name: 'an approval that was given expires with the question',
    test: 'approval-decisions',
    file: QUERIES,
    from: "      .where('expires_at', '<=', p.upTo)\n",
    to: '',
    by: 'at the moment of the expiry',
  },
  {
    name: 'what is refused stays held',
    test: 'approval-decisions',
    file: DECIDE,
    from: 'else yield* release(decided.generation_id, at)',
    to: '',
    by: 'to refuse gives the hold back',
  },
  {
    name: 'what expires stays held',
    test: 'approval-decisions',
    file: ASK,
    from: 'if (expired !== undefined)',
    to: 'if (expired === undefined)',
    by: 'after 15 minutes',
  },
  {
    name: 'nothing expires by itself',
    test: 'approval-decisions',
    file: 'generations/recover.ts',
    from: 'if (left.due) await expireAll(deps)',
    to: '',
    by: 'after 15 minutes',
  },
  {
    name: 'another key decides',
    test: 'approval-decisions',
    file: DECIDE,
    from: 'keyId === undefined || found.key_id === keyId',
    to: 'keyId !== found.id',
    by: 'another account or key',
  },
  {
    name: 'another account decides',
    test: 'approval-decisions',
    file: DECIDE,
    from: 'accountId === undefined || found.account_id === accountId',
    to: 'accountId !== found.id',
    by: 'another account or key',
  },
]

export const APPROVAL_SUITE: Suite<ApprovalMutant> = {
  room: 'generations',
  tests: ['approvals', 'approval-decisions'],
  testsFor: ({ test }) => [test],
}

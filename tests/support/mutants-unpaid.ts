import type { Mutant } from './mutant.ts'
import type { Suite } from './mutation.ts'

const ADMISSION = 'generations/admission.ts'
const FINISH = 'generations/finish.ts'
const UPSTREAM = 'generations/upstream.ts'
const RECOVER = 'generations/recover.ts'
const PERFORM = 'generations/perform.ts'
const PRICES = 'providers/fal/prices.ts'

/** The guards of what may end unpaid, and of what is written of it, each broken in turn. */
export const UNPAID_MUTANTS: readonly Mutant[] = [
  {
    name: 'what ended unpaid does not count',
    file: ADMISSION,
    from: '(select coalesce(sum(jobs), 0) ${unpaid}',
    to: '(select 0 * count(*) ${unpaid}',
  },
  {
    name: 'what is at the service does not count',
    file: ADMISSION,
    from: 'use.unpaid + use.open <= admission.limit',
    to: 'use.unpaid <= admission.limit',
  },
  {
    name: 'accounts share an allowance',
    file: ADMISSION,
    from: 'from unpaid_job where account_id = ${asked.account_id}',
    to: "from unpaid_job where ${asked.account_id} <> ''",
  },
  {
    name: 'calls count, and not their jobs',
    file: ADMISSION,
    from: '(select coalesce(sum(jobs), 0) ${unpaid}',
    to: '(select count(*) ${unpaid}',
  },
  {
    name: 'an unpaid job counts for ever',
    file: ADMISSION,
    from: '${unpaid} and at > ${asked.since}) as unpaid',
    to: '${unpaid}) as unpaid',
  },
  {
    name: 'an unpaid job counts a moment too long',
    file: ADMISSION,
    from: 'and at > ${asked.since}) as unpaid',
    to: 'and at >= ${asked.since}) as unpaid',
  },
  {
    name: 'one job more may end unpaid',
    file: ADMISSION,
    from: 'use.unpaid + admission.jobs > admission.limit',
    to: 'use.unpaid > admission.limit',
  },
  {
    name: 'what waits counts as if it were sent',
    file: ADMISSION,
    from: 'yield* setJobs({ id: admission.id, jobs: 0 })',
    to: '',
  },
  {
    name: 'a model may bring nothing any number of times',
    file: ADMISSION,
    from: 'NO_OUTPUT_MAX = 3',
    to: 'NO_OUTPUT_MAX = 30',
  },
  {
    name: 'a model rests for ever',
    file: ADMISSION,
    from: '(no_output_at ?? 0) > at - UNPAID_WINDOW_MS',
    to: '(no_output_at ?? 0) > 0 * at',
  },
  {
    name: 'refused content makes a model rest',
    file: ADMISSION,
    from: " and code = 'no_output'",
    to: '',
  },
  {
    name: 'another model makes one rest',
    file: ADMISSION,
    from: 'and model = ${asked.model} and',
    to: "and ${asked.model} <> '' and",
  },
  {
    name: 'an output ends no row of failures',
    file: UPSTREAM,
    from: 'if (row.delivered > 0) yield* endStreak(row)',
    to: '',
  },
  {
    name: 'what a failure cost is not written',
    file: FINISH,
    from: 'for (const booking of lossOf(failed)) yield* book(booking)',
    to: '',
  },
  {
    name: 'a repeated failure is written again',
    file: FINISH,
    from: 'if (!(yield* release(failed.id, failed.at, failed.state))) return false',
    to: 'yield* release(failed.id, failed.at, failed.state)',
  },
  {
    name: 'what is delivered in part counts as paid',
    file: FINISH,
    from: '[{ id: job.id, charged, at, bill, unpaid, code: null }]',
    to: '[{ id: job.id, charged, at, bill, unpaid: unpaid && null, code: null }]',
  },
  {
    name: 'work that the operator does not pay is written',
    file: UPSTREAM,
    from: 'coalesce(entry.day, asked.day)\n    from ${asked} where generation.upstream_jobs > 0',
    to: "coalesce(entry.day, asked.day)\n    from ${asked} where asked.id <> ''",
  },
  {
    name: 'the roll-up forgets costs after the first',
    file: UPSTREAM,
    from: 'cost = upstream_day.cost + excluded.cost',
    to: 'cost = upstream_day.cost',
  },
]

/** What decides whether work was billed, and whether the guard is asked: found out against the emulator. */
export const BILL_MUTANTS: readonly Mutant[] = [
  {
    name: 'no units are a bill',
    file: PRICES,
    from: 'return /[1-9]/.test(units)',
    to: 'return true',
    by: 'what fal refuses does not count',
  },
  {
    name: 'what says nothing of units is not billed',
    file: PRICES,
    from: "if (answer.status === 'fulfilled') return true",
    to: "if (answer.status === 'fulfilled') return false",
    by: 'a result that says nothing of units',
  },
  {
    name: 'what fal refuses is taken for billed',
    file: PRICES,
    from: 'reason instanceof ApiError || ',
    to: '',
    by: 'a bill that it does not mention',
  },
  {
    name: 'what fal drops is taken for billed',
    file: 'providers/fal/queue.ts',
    from: 'isDropped ? NotBegunError : AppError',
    to: 'isDropped ? AppError : AppError',
    by: 'a job that is IN_QUEUE',
  },
  {
    name: 'a result whose file is gone is free',
    file: 'generations/deliver.ts',
    from: 'withBill(error, made?.bill)',
    to: 'error',
    by: 'a result whose file is gone',
  },
  {
    name: 'nothing is asked before work is sent',
    file: 'generations/order.ts',
    from: "provider !== 'local' && caller.billing === 'credits'",
    to: "provider !== 'local' && caller.billing === 'own_key'",
    by: 'a result without an output',
  },
  {
    name: 'work is sent without waiting',
    file: PERFORM,
    from: 'if (!begun.admitted)',
    to: 'if (begun.known !== null)',
    by: 'a call that waits to be sent',
  },
  {
    name: 'what was accepted and is lost is forgotten',
    file: RECOVER,
    from: 'row.upstream_id === null ? 0 : ',
    to: '0 * ',
    by: 'nobody can fetch',
  },
  {
    name: 'what was never sent keeps its hold',
    file: RECOVER,
    from: 'row.upstream_jobs === 0',
    to: 'row.upstream_jobs === -1',
    by: 'a call that waits to be sent',
  },
]

/** On the ledger alone, without a service. */
export const UNPAID_SUITE: Suite = {
  room: 'generations',
  tests: ['unpaid-work'],
  testsFor: () => ['unpaid-work'],
}

export const BILL_SUITE: Suite = {
  room: 'live',
  tests: ['unpaid-bill'],
  testsFor: () => ['unpaid-bill'],
}

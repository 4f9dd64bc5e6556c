import type { Invariants } from '../db/invariants.ts'

const KEY = ['account_id', 'key_id', 'model', 'operation', 'modality', 'billing'] as const

/** Invariants of the sums that the usage page reads. Each query returns the rows that break one. */
export const USAGE_INVARIANTS: Invariants = {
  'I22 the sums by session and day are the sums by day': differences(
    'usage_day',
    sums('usage_session_day', 'day'),
    'day',
  ),
  'I23 the sums by month are the sums by day': differences(
    'usage_month',
    sums('usage_day', 'substr(day, 1, 7)', 'month'),
    'month',
  ),
}

function sums(table: string, period: string, name = period): string {
  const key = KEY.join(', ')
  return `(select ${key}, ${period} as ${name}, sum(count) as count, sum(amount) as amount
    from ${table} group by ${key}, ${period})`
}

function differences(table: string, expected: string, period: string): string {
  const key = [...KEY, period]
  return `
    select ${key.map((name) => `coalesce(a.${name}, b.${name}) as ${name}`).join(', ')}, a.amount, b.amount as expected
    from ${table} a full join ${expected} b on ${key.map((name) => `a.${name} = b.${name}`).join(' and ')}
    where coalesce(a.count, 0) <> coalesce(b.count, 0) or coalesce(a.amount, 0) <> coalesce(b.amount, 0)`
}

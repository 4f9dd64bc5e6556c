import { ok } from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { query } from '../../../src/db/db.ts'
import type { Home } from '../app.ts'
import type { Answer } from './send.ts'

/** Ours, or the SDK's, which also says -32603 of parameters that do not fit the protocol: a list of issues then. */
const INTERNAL = /"code":\s*("internal"|-32603(?!,"message":"\[\\n))/
const STACK = /\n\s+at \S+ ?\(?\S+:\d+:\d+\)?/

/** Throws where an answer shows a fault of the server or one of its secrets. */
export function check(
  { status, headers, text, tookMs }: Answer,
  secrets: readonly string[],
  about: () => string,
): void {
  const shown = () =>
    `${about()}\nwas answered ${status} after ${tookMs.toFixed(0)} ms: ${text.slice(0, 1_000)}`
  ok(status < 500, shown())
  ok(!INTERNAL.test(text), `an internal error: ${shown()}`)
  ok(!STACK.test(text), `a stack trace: ${shown()}`)
  for (const secret of secrets)
    ok(!text.includes(secret) && !headers.includes(secret), `a secret: ${shown()}`)
}

/** Whether an answer is what was asked for, and no refusal. */
export function isGood({ status, text }: Answer): boolean {
  return status >= 200 && status < 300 && !/"(isError":true|error":\{)/.test(text)
}

export type Charge = [id: string, cost: number]

/** The generations that an answer says were made, with what they cost; null where they go on without it. */
export function toldIn({ text }: Answer): [id: string, cost: number | null][] {
  const lines = text.split('\n').map((line) => line.replace(/^data: /, ''))
  return lines
    .filter((line) => /"status":"(completed|running)"/.test(line))
    .flatMap((line) => generationsIn(JSON.parse(line)))
}

type Told = {
  id?: unknown
  status?: unknown
  cost?: { micro: number }
  result?: { structuredContent?: Told }
}

function generationsIn(message: unknown): [id: string, cost: number | null][] {
  if (Array.isArray(message)) return message.flatMap(generationsIn)
  const { result, ...rest } = message as Told
  const { id, status, cost } = result?.structuredContent ?? rest
  if (typeof id !== 'string' || !id.startsWith('gen_') || cost === undefined) return []
  return [[id, status === 'completed' ? cost.micro : null]]
}

/** What a ledger has charged so far. */
export async function chargesOf(home: Home): Promise<Charge[]> {
  const rows = await home.withLedger((db) =>
    db.read(() =>
      query((from) =>
        from.selectFrom('hold').select(['id', 'captured']).where('state', '=', 'captured'),
      ),
    ),
  )
  return rows.map(({ id, captured }) => [id, captured ?? 0])
}

/** Waits until nothing is held: a call whose client went away may still be at work. */
export async function settled(home: Home): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    const held = await home.withLedger((db) =>
      db.read(() =>
        query((from) => from.selectFrom('hold').select('id').where('state', '=', 'held')),
      ),
    )
    if (held.length === 0) return
    await sleep(100)
  }
  throw new Error('something stays held')
}

export const byId = ([one]: Charge, [two]: Charge): number => (one < two ? -1 : 1)

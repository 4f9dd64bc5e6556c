import { print } from './support/compare.ts'

/**
 * A simulation, not a measurement: one hot account whose balance is leased to several servers in parts. A server pays
 * from its part, takes a new one from the account when a call does not fit, and gives nothing back until a call
 * is refused. How much less often is the row of the account written, and how much of the balance lies with other servers
 * when the first call is refused? docs/adr/0037-one-primary-first.md uses the figures.
 */

/** Prices in thousandths of a dollar, as often as they are asked for; the balance pays about 10,000 calls. */
const PRICES = [3, 3, 3, 40, 50, 50, 50, 80, 350]
const BALANCE = 10_000 * (PRICES.reduce((sum, price) => sum + price, 0) / PRICES.length)
const RUNS = 20

type Policy = { name: string; sizeOf: (left: number, servers: number) => number }

/** How much a server takes, of what is left in the account. */
const POLICIES: readonly Policy[] = [
  { name: 'no leases: each call asks the account', sizeOf: () => 0 },
  { name: '$1 each', sizeOf: () => 1_000 },
  { name: '$10 each', sizeOf: () => 10_000 },
  { name: 'a half of its equal share of what is left', sizeOf: (left, n) => left / (2 * n) },
  { name: 'a sixteenth of that share', sizeOf: (left, n) => left / (16 * n) },
]

type Outcome = { writes: number; stranded: number }

print('\nLeased parts of one balance of about 10,000 calls (a simulation, mean of 20 runs)\n\n')
print(`  ${'policy'.padEnd(44)}servers  writes a call  stranded at the first refusal\n`)
for (const { name, sizeOf } of POLICIES)
  for (const servers of [4, 16]) {
    const runs = Array.from({ length: RUNS }, (_, seed) => run(servers, sizeOf, seed + 1))
    const mean = (of: (outcome: Outcome) => number): number =>
      runs.reduce((sum, each) => sum + of(each), 0) / RUNS
    const [writes, stranded] = [mean((each) => each.writes), mean((each) => each.stranded)]
    print(
      `  ${name.padEnd(44)}${String(servers).padStart(7)}${writes.toFixed(3).padStart(15)}${(stranded * 100).toFixed(2).padStart(29)} %\n`,
    )
  }

/** Calls come to servers at random until one is refused. */
function run(servers: number, sizeOf: Policy['sizeOf'], seed: number): Outcome {
  const random = generator(seed)
  const parts = Array.from({ length: servers }, () => 0)
  let [left, calls, writes] = [BALANCE, 0, 0]
  for (;;) {
    const price = PRICES[Math.floor(random() * PRICES.length)] ?? 0
    const place = Math.floor(random() * servers)
    const part = parts[place] ?? 0
    calls += 1
    if (part >= price) {
      parts[place] = part - price
      continue
    }
    const needed = price - part
    const taken = Math.min(left, Math.max(needed, Math.floor(sizeOf(left, servers))))
    writes += 1
    if (taken < needed) return { writes: writes / calls, stranded: strandedIn(parts, place) }
    left -= taken
    parts[place] = part + taken - price
  }
}

/** The share of the balance that the other servers hold. */
function strandedIn(parts: readonly number[], place: number): number {
  return parts.reduce((sum, part, each) => (each === place ? sum : sum + part), 0) / BALANCE
}

/** Mulberry32: the same numbers for the same seed. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { openDb } from '../src/db/queue.ts'
import { openSqlite } from '../src/db/sqlite/sqlite.ts'
import { accountAt, fillAccounts } from '../tests/support/many-accounts.ts'
import { median, print } from './support/compare.ts'
import { filledOnce } from './support/kept.ts'
import { measured } from './support/measured.ts'
import { openOther, type OtherProcess } from './support/other-process.ts'

/**
 * Whether the operator's page answers as fast with 10,000 accounts as with 10, each with the same work. The servers are
 * processes of their own. Another process writes before each load, because else nothing is read again.
 */

const ROUNDS = 7
const LOADS = 30
const RATIO_MAX = 1.5

/** Addresses of the page, by what they ask for. */
const VIEWS: Readonly<Record<string, string>> = {
  'the page as it opens': '/admin',
  'by name': '/admin?order=name',
  'most spent': '/admin?order=spent',
  'lowest balance': '/admin?order=balance',
  'one account': `/admin/accounts/${accountAt(3)}`,
  'the audit log': '/admin/audit',
}

const folder = mkdtempSync(join(tmpdir(), 'inkwell-bench-'))
const servers: ChildProcess[] = []
const others: OtherProcess[] = []
try {
  const small = await startPage('small', 10)
  const large = await startPage('large', 10_000)
  print(`\nThe operator's page, 10,000 accounts against 10 (target <= ${RATIO_MAX})\n\n`)
  for (const [name, path] of Object.entries(VIEWS)) {
    const times: [number[], number[]] = [[], []]
    for (let round = 0; round <= ROUNDS; round += 1)
      for (const [place, load] of [small, large].entries())
        for (let count = 0; count < LOADS; count += 1) {
          const took = await load(path)
          if (round > 0) times[place]?.push(took) // the first round warms up
        }
    const [base, grown] = [median(times[0]), median(times[1])]
    measured({
      name: `operator's page of 10,000 accounts: ${name}`,
      baseline: 'of 10',
      value: grown / base,
      unit: 'x',
      goal: { atMost: RATIO_MAX },
    })
    print(`  mean ${mean(times[1]).toFixed(2)}, slowest ${Math.max(...times[1]).toFixed(0)} ms\n`)
  }
} finally {
  for (const server of servers) server.kill('SIGKILL')
  for (const other of others) other.close()
  rmSync(folder, { recursive: true, force: true })
}

/** Serves the page of a ledger of this size. Answers how long an address takes, in milliseconds. */
async function startPage(
  name: string,
  count: number,
): Promise<(address: string) => Promise<number>> {
  const file = join(folder, `${name}.db`)
  await filledOnce(`accounts-${count}`, file, async (empty) => {
    const db = openDb(await openSqlite(empty))
    await fillAccounts(db, 'sqlite', { count, nowMs: Date.now() })
    await db.close()
  })
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, '../src/cli/cli.ts'), 'admin', 'open'],
    {
      env: {
        ...process.env,
        INKWELL_LOG_LEVEL: 'silent',
        INKWELL_HOME: join(folder, name),
        INKWELL_DATABASE_URL: `sqlite:${file}`,
        INKWELL_MAX_CALLS_PER_MINUTE: '100000', // more requests of one visitor, too
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  )
  servers.push(child)
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  const link = new URL(line.slice(line.indexOf('http://')))
  const signedIn = await fetch(link, { redirect: 'manual' })
  const [cookie = ''] = (signedIn.headers.get('set-cookie') ?? '').split(';')
  const other = openOther(file)
  others.push(other)
  return async (address) => {
    other.write()
    const begun = performance.now()
    const answer = await fetch(new URL(address, link), { headers: { cookie } })
    const text = await answer.text()
    const took = performance.now() - begun
    if (!answer.ok || !text.includes('Sign out')) throw new Error(text.slice(0, 300))
    return took
  }
}

function mean(times: readonly number[]): number {
  return times.reduce((sum, each) => sum + each, 0) / times.length
}

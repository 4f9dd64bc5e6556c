import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DAY_MS, dayOf } from '../src/ledger/rules.ts'
import { median, print } from './support/compare.ts'
import { fillLedger } from './support/fill.ts'
import { measured } from './support/measured.ts'
import { openOther, type OtherProcess } from './support/other-process.ts'

/**
 * Whether the usage page answers as fast with 1,000,000 generations in the ledger as with 10,000: as it opens,
 * narrowed in every way, and far down its pages. The servers are processes of their own. Another process writes before
 * each load, because else nothing is read again. With fewer generations a day has not had each model yet, and a year of one
 * session has less to read.
 */

const ROUNDS = 7
const LOADS = 30
const RATIO_MAX = 1.25

const today = dayOf(Date.now())
const year = `from=${dayOf(Date.now() - 364 * DAY_MS)}&to=${today}`

/** Addresses of the page, by what they ask for. */
const VIEWS: Readonly<Record<string, string>> = {
  'the page as it opens': '',
  'a year': year,
  'a year, one session': `${year}&session=ses_bench`,
  'a year, without a key': `${year}&key=none`,
  'a year, one tool': `${year}&operation=upscale`,
  'a year, one type': `${year}&modality=music`,
  'a year, an unknown session': `${year}&session=ses_other`,
  'a year, an unknown key': `${year}&key=key_other`,
  'an old week': `from=${year.slice(5, 15)}&to=${dayOf(Date.now() - 358 * DAY_MS)}`,
}

const folder = mkdtempSync(join(tmpdir(), 'inkwell-bench-'))
const servers: ChildProcess[] = []
const others: OtherProcess[] = []
try {
  const small = await startPage('small', 10_000)
  const large = await startPage('large', 1_000_000)
  print(`\nThe usage page, 1,000,000 generations against 10,000 (target <= ${RATIO_MAX})\n\n`)
  for (const [name, query] of Object.entries(VIEWS)) {
    const times: [number[], number[]] = [[], []]
    for (let round = 0; round <= ROUNDS; round += 1)
      for (const [place, load] of [small, large].entries())
        for (let count = 0; count < LOADS; count += 1) {
          const took = await load(`/?${query}`)
          if (round > 0) times[place]?.push(took) // the first round warms up
        }
    const [base, grown] = [median(times[0]), median(times[1])]
    measured({
      name: `usage page of 1,000,000 generations: ${name}`,
      baseline: 'of 10,000',
      value: grown / base,
      unit: 'x',
      goal: { atMost: RATIO_MAX },
    })
  }
} finally {
  for (const server of servers) server.kill('SIGKILL')
  for (const other of others) other.close()
  rmSync(folder, { recursive: true, force: true })
}

/** Serves the page of a ledger of this size. Answers how long an address takes, in milliseconds. */
async function startPage(
  name: string,
  generations: number,
): Promise<(address: string) => Promise<number>> {
  const file = join(folder, `${name}.db`)
  await fillLedger(file, generations)
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, '../src/cli/cli.ts'), 'dashboard'],
    {
      env: {
        ...process.env,
        INKWELL_LOG_LEVEL: 'silent',
        INKWELL_HOME: join(folder, name),
        INKWELL_DATABASE_URL: `sqlite:${file}`,
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
    if (!answer.ok || !text.includes('Available Credits')) throw new Error(text.slice(0, 300))
    return took
  }
}

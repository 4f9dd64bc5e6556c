import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openPostgres } from '../../src/db/postgres.ts'
import { openDb } from '../../src/db/queue.ts'
import { openAccount } from '../../src/ledger/ledger.ts'
import { administer, newDatabase } from '../support/databases.ts'
import { NO_CAPS, holdOf } from '../support/holds.ts'
import { CAPTURE, HOLD } from '../support/ledger-commands.ts'
import { startPostgres } from '../support/postgres.ts'

const STATEMENT_MS = 300

test('a commit that no replica has confirmed is not told as done, nor is what it did told again', async () => {
  await using server = await startPostgres()
  const url = await newDatabase(server.url)
  const retries: string[] = []
  const limited = `${url}?statement_ms=${STATEMENT_MS}&pool_max=2`
  const db = openDb(await openPostgres(limited, (why) => retries.push(why)))
  await db.write(() => openAccount('acct_1', 'Ada', Date.now()))
  await db.apply(HOLD, { request: holdOf({ id: 'gen_1', amount: 2 }), caps: NO_CAPS })

  await replicas(server.url, 'away')
  let told: unknown = 'nothing'
  const charge = db
    .apply(CAPTURE, { id: 'gen_1', amount: 1, at: Date.now() })
    .then((value) => (told = value))
  await sleep(3 * STATEMENT_MS)
  expect({ told, retries }).toEqual({ told: 'nothing', retries: [] }) // the time of a statement does not end the wait
  for (let wait = 0; wait < 3; wait++) {
    await administer(
      server.url,
      `select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'`,
    )
    await sleep(500)
    expect(told).toBe('nothing') // nor does an operator, though the server says COMMIT; the next try waits, too
  }
  await replicas(server.url, '')
  await charge
  expect(told).toBe(false) // it was done by the first try
  await db.close()
})

/** Sets the synchronous replicas of a server. With one that is away no commit is confirmed. */
async function replicas(server: string, names: string): Promise<void> {
  await administer(server, `alter system set synchronous_standby_names = '${names}'`)
  await administer(server, 'select pg_reload_conf()')
  await sleep(200)
}

import { expect, test } from 'vitest'
import { inkwell, temporaryHome } from '../support/app.ts'
import { startInstalledPostgres, startReplica } from '../support/cluster/installed.ts'
import { until } from '../support/cluster/processes.ts'
import { administer } from '../support/databases.ts'
import { useDatabases } from '../support/homes.ts'
import { connectPinned, issued, openedAccount, serveHttp } from '../support/http.ts'

const PICTURE = { prompt: 'sea', imageSize: { width: 64, height: 64 }, preview: false }

test('reports are read from a replica, money is not, and the ledger answers while the replica cannot', async () => {
  await using primary = await startInstalledPostgres()
  await using replica = await startReplica(primary)
  useDatabases([primary.url])
  using home = temporaryHome({ INKWELL_READ_DATABASE_URL: replica.url })
  const { key } = await issued(home, await openedAccount(home, 'Ada'))
  await using server = await serveHttp(home)
  await using client = await connectPinned(server, key)
  const [today] = new Date().toISOString().split('T')
  const counted = async (): Promise<unknown> => {
    const { body } = await server.json(`/v1/usage?from=${today}&to=${today}`, key)
    return body['generation_count']
  }
  const lag = async (): Promise<unknown> =>
    (await server.json('/readyz')).body['replica_lag_seconds']

  await client.call('generateImage', PICTURE)
  await until('the replica', async () => (await lag()) === 0)
  expect(await counted()).toBe(1)

  await administer(replica.url, 'select pg_wal_replay_pause()')
  await client.call('generateImage', PICTURE)
  expect(await counted()).toBe(1)
  expect(await server.json('/v1/credits', key)).toMatchObject({
    body: { balance: { micro: 4_900_000 } },
  })
  expect(await lag()).toBeGreaterThan(0)
  expect(await (await server.get('/metrics')).text()).toMatch(
    /inkwell_replica_lag_seconds [\d.]*[1-9]/,
  )
  expect(await inkwell(home, ['ledger', 'verify'])).toMatchObject({ code: 0 })

  await administer(replica.url, 'select pg_wal_replay_resume()')
  await until('the replica', async () => (await lag()) === 0)
  expect(await counted()).toBe(2)

  await replica.stop()
  await client.call('generateImage', PICTURE)
  expect(await counted()).toBe(3)
  expect(await server.json('/readyz')).toMatchObject({
    status: 200,
    body: { replica_lag_seconds: null },
  })
})

import { expect, test } from 'vitest'
import { startCluster } from '../support/cluster/cluster.ts'
import { proveFailover } from '../support/cluster/failover.ts'

test('on a replicated PostgreSQL nothing told is lost when its primary hands over, or is killed', async () => {
  await using cluster = await startCluster()
  const figures = await proveFailover({ cluster, callers: 16, deaths: ['crash'] })
  expect(figures.captured).toBeGreaterThan(100)
  expect(figures.bought).toBeGreaterThan(0)
}, 180_000)

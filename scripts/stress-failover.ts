import { argv, stdout } from 'node:process'
import { startCluster, type Death } from '../tests/support/cluster/cluster.ts'
import { proveFailover } from '../tests/support/cluster/failover.ts'

/**
 * 64 callers pay and buy on a replicated PostgreSQL that Patroni manages, while its primary is killed again and again: in
 * turn its server process, and the whole machine. Throws with the first thing that a caller was told and that is not so.
 * `npm run stress:failover -- [kills]`. Needs Debian's packages patroni, etcd-server, postgresql and haproxy.
 */
const kills = Number(argv[2] ?? 10)
const print = (words: string): void => void stdout.write(`${words}\n`)
await using cluster = await startCluster()
const deaths = Array.from({ length: kills }, (_, place): Death =>
  place % 2 === 0 ? 'crash' : 'machine',
)
const figures = await proveFailover({ cluster, callers: 64, deaths, onStep: print })
print(
  `${kills} primaries killed; told: ${figures.captured} captured, ${figures.released} released, ${figures.held} still held, ` +
    `${figures.bought} bought; ${figures.nothingDone} calls told that nothing was done, ${figures.unknown} that it is not known; ` +
    `${figures.rows} orders on record, ${figures.open} of them open; 0 lost, 0 twice, 0 untrue`,
)

import { argv, stdout } from 'node:process'
import { fuzz } from '../tests/support/fuzz/fuzz.ts'

/**
 * Sends generated requests to every route and tool of a server and proves that none breaks it, learns a
 * secret or moves money untold; throws with the first that does. By itself:
 * `npx node scripts/stress-fuzz.ts [requests] [seed]`; without a seed each run has another.
 */
export async function proveFuzz(requests: number, seed = Date.now() % 2 ** 31): Promise<string> {
  stdout.write(`${requests} requests, seed ${seed}\n`)
  const begunAt = performance.now()
  const figures = await fuzz({ requests, seed }, (done) => {
    if (done % 2_500 === 0) stdout.write(`  ${done} requests\n`)
  })
  const seconds = ((performance.now() - begunAt) / 1000).toFixed(0)
  const statuses = Object.entries(figures.statuses).map(([status, count]) => `${count} × ${status}`)
  return (
    `${figures.requests} requests to ${figures.targets} routes and tools in ${seconds} s: ${statuses.join(', ')}; ` +
    `nothing succeeded of ${figures.unreached.join(', ') || 'none'}; ` +
    `slowest ${figures.slowestMs.toFixed(0)} ms; the event loop was held for more than 100 ms in ${figures.heldSeconds.above} of ${figures.heldSeconds.all} seconds; ${figures.paid} generations charged ${figures.charged} micro-USD, all of them told; 0 server errors, 0 secrets, 0 differences`
  )
}

if (import.meta.main) {
  const [requests = 20_000, seed] = argv.slice(2).map(Number)
  stdout.write(`${await proveFuzz(requests, seed)}\n`)
}

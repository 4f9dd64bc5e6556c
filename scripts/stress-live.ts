import { argv, stdout } from 'node:process'
import { failAtRandom } from '../tests/support/live-chaos.ts'
import { findNoSecret } from '../tests/support/live-secrets.ts'
import { hurryFalClient } from '../tests/support/live-haste.ts'

/**
 * Runs paid calls against a fal that fails at random and proves after every script that no cent and no
 * job is lost or doubled; throws with the first script that fails. By itself: `npx node scripts/stress-live.ts [scripts] [seed]`.
 */
export async function proveLive(scripts: number, seed = Date.now() % 2 ** 31): Promise<string> {
  using _ = hurryFalClient()
  const begunAt = performance.now()
  stdout.write(`${scripts} fault scripts, seed ${seed}\n`)
  const figures = await failAtRandom({ scripts, seed }, ({ scripts: done }) => {
    if (done % 50 === 0) stdout.write(`  ${done} scripts\n`)
  })
  const seconds = ((performance.now() - begunAt) / 1000).toFixed(0)
  return (
    `${figures.scripts} scripts in ${seconds} s: ${figures.calls} calls (${figures.givenUp} given up by their client), ` +
    `${figures.faults} faults injected, ${figures.jobs} jobs at fal; ${figures.paid} charged (${figures.partly} of them in part), ` +
    `${figures.failed} failed uncharged, ${figures.unknown} of unknown outcome and expired; ` +
    `${figures.charged} micro-USD charged, ${figures.billed} billed by fal; 0 double jobs, 0 wrong charges, 0 left held`
  )
}

/** Loads a live server until it has logged this many lines and finds no secret in them. */
export async function proveSilence(lines: number): Promise<string> {
  const found = await findNoSecret({ lines, level: 'trace' })
  return `${found.lines} log lines at trace and ${found.answers} answers (${found.refusals} refusals): no key, no signed address, no prompt in the log`
}

if (import.meta.main) {
  const [scripts = 200, seed] = argv.slice(2).map(Number)
  stdout.write(`${await proveLive(scripts, seed)}\n`)
  stdout.write(`${await proveSilence(10_000)}\n`)
}

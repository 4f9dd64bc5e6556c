import { argv, stdout } from 'node:process'
import { killInPaidCalls, type Figures } from '../tests/support/crash.ts'

/**
 * Kills processes in the middle of paid calls and proves after every kill that no result and no cent is
 * lost; throws with the first that is. By itself: `npx node scripts/stress-crash.ts [kills]`.
 */
export async function proveCrash(kills: number): Promise<Figures> {
  const begunAt = performance.now()
  let shown = 0
  const figures = await killInPaidCalls(kills, (now) => {
    if (now.kills - shown < 50) return
    shown = now.kills
    stdout.write(`${shown} kills, ${seconds(begunAt)} s\n`)
  })
  stdout.write(
    `${figures.kills} kills in paid calls in ${seconds(begunAt)} s: ${figures.begun} calls begun, ${figures.told} told, ` +
      `${figures.charged} charged (${figures.untold} of them never told), ${figures.released} released, ${figures.resumed} resumed, ` +
      `${figures.expired} expired, ${figures.repeated} made again with their key, ${figures.orphans} files left over; 0 lost, 0 differences\n`,
  )
  return figures
}

const seconds = (begunAt: number): string => ((performance.now() - begunAt) / 1000).toFixed(0)

if (import.meta.main) await proveCrash(Number(argv[2] ?? 500))

import { closeSync, openSync } from 'node:fs'
import { argv, stdout } from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { CHEAP, liveApp } from './live.ts'
import { outcomeOf } from './live-outcomes.ts'

/**
 * A process of its own, started with a low limit of open files: asks for a picture when none is left, for good
 * or for a moment, and prints what came of it as JSON.
 */
const [, , isMoment] = argv
// The first call opens all the files that a call needs, and its connection is gone when it ends.
await using live = await liveApp({ emulator: { faults: [{ kind: 'reset' }] } })
await live.call('generateImage', CHEAP)

const taken: number[] = []
try {
  for (;;) taken.push(openSync('/dev/null', 'r'))
} catch {
  // none is left
}
const answer = live.call('generateImage', CHEAP)
if (isMoment === 'moment') {
  await sleep(200)
  taken.splice(0).forEach((one) => closeSync(one))
}
const told = await answer
taken.forEach((one) => closeSync(one))
stdout.write(JSON.stringify(await outcomeOf(live, told)))

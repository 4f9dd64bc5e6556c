import { subscribe } from 'node:diagnostics_channel'
import { closeSync, openSync } from 'node:fs'
import { argv, stdout } from 'node:process'
import { hurryFalClient } from './live-haste.ts'
import { CHEAP, liveApp } from './live.ts'
import { outcomeOf } from './live-outcomes.ts'

/**
 * A process of its own, started with a low limit of open files: asks for a picture when none is left, for good or
 * until the first connection has failed (`moment`), and prints what came of it as JSON.
 */
const [, , isMoment] = argv
using _ = hurryFalClient()
// The first call opens all the files that a call needs, and its connection is gone when it ends.
await using live = await liveApp({ emulator: { faults: [{ kind: 'reset' }] } })
await live.call('generateImage', CHEAP)

const taken: number[] = []
const giveBack = () => taken.splice(0).forEach((one) => closeSync(one))
if (isMoment === 'moment') subscribe('undici:client:connectError', giveBack)
try {
  for (;;) taken.push(openSync('/dev/null', 'r'))
} catch {
  // none is left
}
const told = await live.call('generateImage', CHEAP)
giveBack()
stdout.write(JSON.stringify(await outcomeOf(live, told)))

import type { Provider, ProviderRequest, Checked } from './provider.ts'
import { createCrew } from './local/crew.ts'
import { standsIn } from './local/stand-in/stands-in.ts'
import { createTurns } from './local/turns.ts'

/** What a result says first where this machine stood in for a paid model. */
export const STAND_IN_NOTE =
  "Drawn on this machine by Inkwell's local provider; no paid AI model ran."

/** What the result of a local model says first. */
export const LOCAL_NOTE = 'Made on this machine, offline; no AI service was asked.'

/**
 * The provider that needs no network: draft art, strict edits, cut-outs and enlargements, made on this
 * machine one at a time, beside the server's own thread. Its jobs die with their process.
 */
export function createLocalProvider(): Provider {
  const inTurn = createTurns()
  const crew = createCrew()
  return {
    name: 'local',
    durability: 'process',
    check,
    async run(request, options) {
      const result = await inTurn(options.signal, () => crew.work(request, options))
      const note = standsIn(request.model) ? STAND_IN_NOTE : LOCAL_NOTE
      return { ...result, notes: [note, ...result.notes] }
    },
  }
}

/** What can be refused without a look at a pixel. */
async function check(request: ProviderRequest): Promise<Checked> {
  const checked = { adjusted: [], dropped: [], jobs: 1 }
  if (standsIn(request.model)) return checked
  if (request.operation === 'editImage')
    await (await import('./local/edit/edit.ts')).readEdit(request)
  if (request.operation === 'upscale')
    (await import('./local/upscale/upscale.ts')).assertFits(request)
  return checked
}

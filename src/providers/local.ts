import { createStudio } from '../studio/studio.ts'
import { assertSmall, createWaitingLimit } from './local/inputs.ts'
import { jobOf, standsIn } from './local/job.ts'
import type { Provider } from './provider.ts'

/** What a result says first where this machine stood in for a paid model. */
export const STAND_IN_NOTE =
  "Drawn on this machine by Inkwell's local provider; no paid AI model ran."

/** What the result of a local model says first. */
const LOCAL_NOTE = 'Made on this machine, offline; no AI service was asked.'

/** The provider that needs no network: the studio of this machine. Its jobs die with their process. */
export function createLocalProvider(): Provider {
  const studio = createStudio()
  const limitWaiting = createWaitingLimit()
  return {
    name: 'local',
    durability: 'process',
    async check(request) {
      if (!standsIn(request.model)) assertSmall(request)
      await studio.check(jobOf(request))
      return { adjusted: [], dropped: [], jobs: 1 }
    },
    async run(request, options) {
      const job = jobOf(request)
      const work = () => studio.run(job, options)
      const { files, notes, ...said } = standsIn(request.model)
        ? await work()
        : await limitWaiting(options.account ?? '', request, work)
      const isOther = job.kind === 'sample' && job.medium === 'video'
      return {
        ...said,
        outputs: files.map((bytes) => (isOther ? { bytes, standsIn: true } : { bytes })),
        notes: [standsIn(request.model) ? STAND_IN_NOTE : LOCAL_NOTE, ...notes],
      }
    },
  }
}

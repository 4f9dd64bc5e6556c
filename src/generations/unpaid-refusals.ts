import { AppError, waitSeconds, type Hints } from '../errors.ts'

/** How many jobs a call is at the image service, and how many of its account may end unpaid. */
type Asking = { jobs: number; limit: number }
type Ended = { at: number; jobs: number }

/** Too many jobs of the account ended unpaid, of which `ended` has those after `since`, oldest first. */
export function unpaidTooOften(
  { jobs, limit }: Asking,
  ended: readonly Ended[],
  since: number,
): AppError {
  const unpaid = ended.reduce((sum, each) => sum + each.jobs, 0)
  const freeAt = timeOfRoom(ended, unpaid + jobs - limit)
  const waitMs = freeAt === null ? null : freeAt - since
  const asks = jobs === 1 ? '' : ` This call is ${jobs} jobs.`
  return limited(
    `In the last 60 minutes ${unpaid} jobs of this account ended without a result that can be charged, after fal.ai had done the work. At most ${limit} may.${asks}`,
    waitMs,
    {
      hint:
        waitMs === null
          ? 'Ask for fewer outputs in one call.'
          : `Use a local/* model, or ask again in ${waitSeconds(waitMs)} s.`,
      localHint: 'INKWELL_MAX_UNPAID_JOBS_PER_HOUR sets the limit.',
    },
  )
}

/** A model keeps ending without an output: it is left alone for a while. */
export function barrenModel(model: string, waitMs: number): AppError {
  return limited(
    `"${model}" finished without an output three times in a row for this account.`,
    waitMs,
    {
      hint: `Use another model, or check the input of this one and ask again in ${waitSeconds(waitMs)} s.`,
    },
  )
}

/** As many jobs as may end unpaid have been at the image service for all the time that a call may wait. */
export function noRoom(limit: number): AppError {
  return limited(
    `At most ${limit} jobs of one account may be at fal.ai at once, and none of them has ended for a while. Nothing was charged.`,
    60_000,
    { hint: 'Wait for some of them to end, then call again.' },
  )
}

function limited(message: string, waitMs: number | null, hints: Hints): AppError {
  const retry = waitMs === null ? {} : { retryAfterSeconds: waitSeconds(waitMs) }
  return new AppError('rate_limited', message, {
    ...hints,
    facts: { scope: 'account', ...retry },
  })
}

/** When so many jobs have been in the window for its whole length; null where there are not so many. */
function timeOfRoom(ended: readonly Ended[], jobs: number): number | null {
  let left = jobs
  for (const each of ended) {
    left -= each.jobs
    if (left <= 0) return each.at
  }
  return null
}

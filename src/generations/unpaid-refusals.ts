import { AppError, waitSeconds, type Hints } from '../errors.ts'

/** The number of jobs of a call, and how many jobs of its account may end unpaid in 60 minutes. */
type JobCounts = { jobs: number; limit: number }
/** Jobs that ended unpaid; `at` is in milliseconds since 1970. */
type Ended = { at: number; jobs: number }

/** The error for too many unpaid jobs. `ended` has those after `since` (milliseconds since 1970), oldest first. */
export function unpaidTooOften(
  { jobs, limit }: JobCounts,
  ended: readonly Ended[],
  since: number,
): AppError {
  const unpaid = ended.reduce((sum, each) => sum + each.jobs, 0)
  const freeAt = timeWhenFree(ended, unpaid + jobs - limit)
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

/** The error for a model that gave no output several times in a row. It may be used again after `waitMs` milliseconds. */
export function modelFailsTooOften(model: string, waitMs: number): AppError {
  return limited(
    `"${model}" finished without an output three times in a row for this account.`,
    waitMs,
    {
      hint: `Use another model, or check the input of this one and ask again in ${waitSeconds(waitMs)} s.`,
    },
  )
}

/** The error for a call that waited too long: the open jobs of its account use up the limit. */
export function tooManyOpenJobs(limit: number): AppError {
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

/** Returns when the oldest `jobs` jobs have all ended, in milliseconds since 1970; null if there are fewer. */
function timeWhenFree(ended: readonly Ended[], jobs: number): number | null {
  let remaining = jobs
  for (const each of ended) {
    remaining -= each.jobs
    if (remaining <= 0) return each.at
  }
  return null
}

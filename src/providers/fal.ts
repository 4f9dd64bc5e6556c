import { createFalClient } from '@fal-ai/client'
import { AppError } from '../errors.ts'
import { CATALOG } from '../pricing/catalog.ts'
import type { UnitPrice } from '../pricing/compare.ts'
import { toFailure, type FailureContext } from './fal/failure.ts'
import { createFalFetch, REQUEST_DEADLINES, type RequestDeadlines } from './fal/fetch.ts'
import { upload, withBothLifecycleNames } from './fal/files.ts'
import { madeOf, outputAt, type Made } from './fal/made.ts'
import { mapRequest, type Mapped } from './fal/map.ts'
import type { ImageUrls } from './fal/parts.ts'
import { createPrices, unitPricesOf, type EndedJob, type Prices } from './fal/prices.ts'
import { result, submit, type Channel, type Watch } from './fal/queue.ts'
import {
  OutcomeUnknownError,
  withBill,
  type Provider,
  type ProviderRequest,
  type ProviderResult,
  type RunOptions,
} from './provider.ts'
import type { InputFile } from '../media/image.ts'
import { replaceLeaves } from './run-files.ts'

export type FalOptions = {
  key: string
  /** Whether the key is the user's own: error messages differ for its owner. */
  ownKey: boolean
  /** Sends everything to one origin instead of fal.ai. */
  baseUrl: string | undefined
  /** Overrides of the default deadlines. */
  deadlines?: Partial<Deadlines>
}

/** Time limits, in milliseconds. */
type Deadlines = RequestDeadlines & {
  /** For a job of an image tool. */
  imageMs: number
  /** For a job of `run`. */
  runMs: number
}

const DEADLINES: Deadlines = {
  ...REQUEST_DEADLINES,
  imageMs: 10 * 60_000,
  runMs: 45 * 60_000,
}

/** Returns fal's own price of one unit of each endpoint. Throws `upstream_rejected` and `upstream_unavailable`. */
export async function falPrices(
  { key, ownKey, baseUrl }: FalOptions,
  endpoints: readonly string[],
): Promise<Map<string, UnitPrice>> {
  const { fetch } = createFalFetch(baseUrl)
  return await withFailures({ model: '', operation: 'run', ownKey }, () =>
    unitPricesOf({ fetch, key }, endpoints),
  )
}

/** Creates the provider that sends work to fal.ai. Each input is one job, which is never sent twice. */
export function createFalProvider({ key, ownKey, baseUrl, ...own }: FalOptions): Provider {
  const deadlines = { ...DEADLINES, ...own.deadlines }
  const { fetch, unitsOf } = createFalFetch(baseUrl, deadlines)
  const client = createFalClient({
    credentials: key,
    fetch,
    requestMiddleware: withBothLifecycleNames,
    suppressLocalCredentialsWarning: true,
  })
  const channel: Channel = { client, fetch, key }
  const prices = createPrices(channel, unitsOf)
  const watch = (operation: ProviderRequest['operation'], each: RunOptions): Watch => ({
    ...each,
    deadlineAt: performance.now() + (operation === 'run' ? deadlines.runMs : deadlines.imageMs),
  })
  const fal: Fal = { channel, prices, watch, ownKey }
  return {
    name: 'fal.ai',
    durability: 'upstream',
    async check(request) {
      const { inputs, adjusted, dropped } = await mapWithFiles(request, async () => PLACEHOLDER)
      return { adjusted, dropped, jobs: inputs.length }
    },
    async run(request, options) {
      const { model, operation } = request
      return await withFailures({ model, operation, ownKey }, () => run(fal, request, options))
    },
    outputAt: (source) => outputAt(channel, source),
    async resume(upstreamId, { model, operation }, options) {
      const context = { model, operation, ownKey }
      return await withFailures(context, async () => {
        const endpoint = endpointOf(model)
        const ids = upstreamId.split(',')
        const watched = watch(operation, options)
        const answers = await Promise.allSettled(
          ids.map((id) => result(channel, { endpoint, id }, watched)),
        )
        return await finish(fal, context, { answers, ids })
      })
    },
  }
}

type Fal = {
  channel: Channel
  prices: Prices
  watch: (operation: ProviderRequest['operation'], options: RunOptions) => Watch
  ownKey: boolean
}

async function run(
  fal: Fal,
  request: ProviderRequest,
  options: RunOptions,
): Promise<ProviderResult> {
  const { channel } = fal
  const endpoint = endpointOf(request.model)
  const { inputs } = await mapWithFiles(request, (file) => upload(channel, file))
  if (options.signal.aborted) throw runCancelled()
  const watched = fal.watch(request.operation, options)
  const ids: (string | undefined)[] = inputs.map(() => undefined)
  const answers = await Promise.allSettled(
    inputs.map(async (input, place) => {
      const id = await submit(channel, endpoint, input)
      ids[place] = id
      const noted = options.onAccepted(ids.filter((known) => known !== undefined).join(','))
      try {
        return await result(channel, { endpoint, id }, watched) // while the id is stored
      } finally {
        await noted
      }
    }),
  )
  const { model, operation } = request
  const sent = inputs.flatMap(Object.keys)
  return await finish(fal, { model, operation, ownKey: fal.ownKey, sent }, { answers, ids })
}

type Settled = {
  answers: PromiseSettledResult<unknown>[]
  ids: readonly (string | undefined)[]
}

/** Collects the results of jobs, and what fal billed for them. A job that was not accepted has no id. */
async function finish(
  { channel, prices }: Fal,
  context: FailureContext,
  { answers, ids }: Settled,
): Promise<ProviderResult> {
  const endpoint = endpointOf(context.model)
  const jobs = answers.flatMap((answer, place): EndedJob[] => {
    const id = ids[place]
    return id === undefined ? [] : [{ id, answer }]
  })
  const bill = await prices.billOf(endpoint, jobs)
  const made = (answer: PromiseSettledResult<unknown>): Made[] =>
    answer.status === 'fulfilled' ? madeOf(channel, answer.value) : []
  try {
    const collected = collect(answers, answers.flatMap(made))
    const empty = jobs.filter(({ answer }) => made(answer).every(({ flagged }) => flagged))
    const unpaid = await prices.billOf(endpoint, empty)
    return { ...collected, bill, ...(unpaid.jobs > 0 && { unpaid }) }
  } catch (error) {
    if (error instanceof OutcomeUnknownError) throw error
    throw withBill(toFailure(error, context), bill)
  }
}

/** Returns the outputs of all jobs. Throws the reason if there are none; an unknown outcome comes first. */
function collect(answers: PromiseSettledResult<unknown>[], made: Made[]): ProviderResult {
  const shown = made.filter(({ flagged }) => !flagged)
  if (shown.length > 0) return { outputs: shown.map(({ output }) => output), notes: notesOn(made) }
  const reasons = answers.flatMap((answer) =>
    answer.status === 'rejected' ? [answer.reason as unknown] : [],
  )
  const unknown = reasons.find((reason) => reason instanceof OutcomeUnknownError)
  if (reasons.length > 0) throw unknown ?? reasons[0]
  if (made.length > 0) {
    throw new AppError(
      'content_refused',
      "fal.ai's safety check withheld the result. Nothing was charged.",
      {
        hint: 'Change the prompt or the image and call again.',
      },
    )
  }
  throw new AppError('no_output', 'The model finished without an output. Nothing was charged.', {
    hint: 'Try again, or change the prompt.',
  })
}

function notesOn(made: Made[]): string[] {
  const withheld = made.filter(({ flagged }) => flagged).length
  return withheld === 0
    ? []
    : [
        `fal.ai's safety check withheld ${withheld} of ${made.length} outputs; they are not charged.`,
      ]
}

type LinkTo = (file: InputFile) => Promise<string>

/** Maps a request to inputs for fal, with a URL in place of each file. */
async function mapWithFiles(request: ProviderRequest, linkTo: LinkTo): Promise<Mapped> {
  const ready = await withLinks(request, linkTo)
  return mapRequest(ready, endpointOf(request.model), await imageUrls(request, linkTo))
}

async function imageUrls(request: ProviderRequest, linkTo: LinkTo): Promise<ImageUrls> {
  if (request.operation === 'generateImage' || request.operation === 'run') return { images: [] }
  const { images, mask } =
    request.operation === 'editImage' ? request : { images: [request.image], mask: undefined }
  const urls = await Promise.all(images.map(linkTo))
  return { images: urls, ...(mask !== undefined && { mask: await linkTo(mask) }) }
}

/** Replaces each loaded file in the input of a `run` by a URL. */
async function withLinks(request: ProviderRequest, linkTo: LinkTo): Promise<ProviderRequest> {
  if (request.operation !== 'run') return request
  const input = await replaceLeaves(request.input, (leaf) =>
    typeof leaf === 'string' ? leaf : linkTo(leaf),
  )
  return { ...request, input }
}

/** Used by a check in place of an uploaded file. */
const PLACEHOLDER = 'https://v3.fal.media/file'

/** The endpoint of a model at fal: its id, if the catalogue has no other. */
function endpointOf(model: string): string {
  return CATALOG.find(({ id }) => id === model)?.endpoint ?? model
}

async function withFailures<T>(context: FailureContext, body: () => Promise<T>): Promise<T> {
  try {
    return await body()
  } catch (error) {
    throw toFailure(error, context)
  }
}

function runCancelled(): AppError {
  return new AppError(
    'cancelled',
    'The call was cancelled before fal.ai was asked. Nothing was charged.',
    {
      hint: 'Call the tool again if the result is still wanted.',
    },
  )
}

import type { Job } from './books.ts'
import { check } from './check.ts'
import { endsAs, type Performed } from './errors.ts'
import type { JobFault } from './fault.ts'
import { numberOf, type FalModel, type Store } from './model.ts'
import { readPictures, type Web } from './read-inputs.ts'
import { corrupt } from './corrupt.ts'

export type Stagehands = {
  model: FalModel | undefined
  faults: readonly JobFault[]
  web: Web
  store: Store
}

/** Does a job's work: schema first, then input files, then the model. */
export async function perform(job: Job, stage: Stagehands): Promise<Performed> {
  const { model, faults } = stage
  if (model === undefined) {
    const path = job.endpoint.split('/').slice(2).join('/')
    return endsAs('gone', 404, { detail: `Path /${path} not found` })
  }
  const { input, problems, ignored } = check(model, job.input)
  job.ignored = ignored
  if (problems.length > 0) return endsAs('invalid', 422, { detail: problems })
  const pictures = await readPictures(input, stage.web)
  if (!Array.isArray(pictures)) return endsAs('invalid', 422, { detail: [pictures] })

  job.ran = true
  const seed = numberOf(input, 'seed') ?? Math.floor(Math.random() * 2 ** 32)
  const made = await model.make({ input, pictures, seed, store: stage.store })
  const units = model.units(input, made)
  const refusal = faults.find((fault) => fault.kind === 'modelError')
  if (refusal !== undefined) {
    const { type = 'content_policy_violation', status = 422, billed = false } = refusal
    const detail = [
      {
        loc: ['body', 'prompt'],
        msg: REFUSALS[type] ?? 'The model could not do this.',
        type,
        url: `https://docs.fal.ai/errors#${type}`,
        input: job.input,
      },
    ]
    const ending = endsAs(status === 422 ? 'refused' : 'failed', status, { detail })
    // A refusal that is charged for says nothing of units.
    return billed ? { ...ending, units, answer: { ...ending.answer, headers: {} } } : ending
  }
  const body = corrupt(made.body, faults)
  return { ending: 'ok', answer: { status: 200, body, headers: {} }, units }
}

const REFUSALS: Readonly<Record<string, string>> = {
  content_policy_violation:
    'The content could not be processed because it contained material flagged by a content checker.',
  no_media_generated: 'No media was generated.',
  generation_timeout: 'The generation took too long.',
  internal_server_error: 'Internal server error',
}

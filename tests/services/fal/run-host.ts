import { bodyOf, type Host, type EmulatorContext, type Incoming } from './context.ts'
import { fromAnswer, json, type Reply } from './reply.ts'

/** fal.run: the same job, waited for in the one request. A caller who leaves still pays. */
export function runHost(concurrency: number): Host {
  return (context, incoming) => {
    const endpoint = incoming.path.slice(1)
    if (incoming.method !== 'POST' || endpoint === '') return null
    return {
      stage: 'run',
      endpoint,
      guarded: true,
      answer: () => run(context, incoming, { endpoint, concurrency }),
    }
  }
}

async function run(
  { jobs, changed }: EmulatorContext,
  incoming: Incoming,
  { endpoint, concurrency }: { endpoint: string; concurrency: number },
): Promise<Reply> {
  if (jobs.all.filter(({ state }) => state !== 'COMPLETED').length >= concurrency) {
    const refusal = {
      detail: 'Too many requests at once.',
      error_type: 'concurrent_requests_limit',
    }
    return json(429, refusal, { 'x-fal-needs-retry': '1' })
  }
  const job = jobs.accept({ endpoint, via: 'run', input: bodyOf(incoming) })
  while (job.answer === null) await changed.wait()
  return fromAnswer(job.answer)
}

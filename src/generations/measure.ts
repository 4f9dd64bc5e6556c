import { AppError } from '../errors.ts'
import type { Meter, WorkLabels } from '../metrics.ts'
import { usdNumber } from '../money.ts'
import type { UpstreamBill } from '../providers/provider.ts'
import { inStep } from '../trace.ts'

/** Records how long the work took at its provider, and how it ended there. Returns and throws what `work` does. */
export async function measureWork<T>(
  meter: Meter,
  { operation, provider, model }: WorkLabels,
  work: () => Promise<T>,
): Promise<T> {
  const startedAt = performance.now()
  const ended = (outcome: string): void => {
    const seconds = (performance.now() - startedAt) / 1000
    meter.record('upstream_seconds', seconds, { operation, provider, outcome })
  }
  try {
    const attributes = {
      'gen_ai.operation.name': 'generate_content',
      'gen_ai.provider.name': provider,
      'gen_ai.request.model': model,
    }
    const step = { name: `generate_content ${model}`, kind: 'client', attributes } as const
    const result = await inStep(step, work)
    ended('ok')
    return result
  } catch (error) {
    ended(error instanceof AppError ? error.code : 'internal')
    throw error
  }
}

/** Records what was billed and nobody is charged for. */
export function measureUnpaid({ record }: Meter, code: string, { jobs, cost }: UpstreamBill): void {
  record('unpaid_jobs_total', jobs, { code })
  record('unpaid_dollars_total', usdNumber(cost ?? 0), { code })
}

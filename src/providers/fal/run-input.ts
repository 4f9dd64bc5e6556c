import type { RequestOf } from '../provider.ts'
import type { EndpointFacts } from './models.ts'
import { forcedPart, type Part } from './parts.ts'

/** The caller's own input, which is checked and priced already, with what an answer in files needs. */
export function mapRun({ input, count }: RequestOf<'run'>, facts: EndpointFacts): Part[] {
  return [countPart(input, facts, count), forcedPart(facts)]
}

/** The input, without num_images where each job makes one output: `mapRequest` then sends `count` jobs. */
function countPart(input: Record<string, unknown>, facts: EndpointFacts, count: number): Part {
  const { num_images: asked, ...rest } = input
  if (facts.count !== undefined || asked === undefined) return { input }
  if (count === 1) return { input: rest }
  const note = `input.num_images was sent as ${count} jobs: this model makes one output a job.`
  return { input: rest, adjusted: note }
}

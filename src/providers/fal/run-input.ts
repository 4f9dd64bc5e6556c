import type { RequestOf } from '../provider.ts'
import type { EndpointFacts } from './models.ts'
import { forcedPart, type Part } from './parts.ts'

/** The caller's input, already checked and priced, with the fields that make the endpoint return files. */
export function mapRun({ input, count }: RequestOf<'run'>, facts: EndpointFacts): Part[] {
  return [countPart(input, facts, count), forcedPart(facts)]
}

/** The input. Without num_images if each job makes one output: `mapRequest` then makes `count` jobs. */
function countPart(input: Record<string, unknown>, facts: EndpointFacts, count: number): Part {
  const { num_images: requested, ...rest } = input
  if (facts.count !== undefined || requested === undefined) return { input }
  if (count === 1) return { input: rest }
  const note = `input.num_images was sent as ${count} jobs: this model makes one output a job.`
  return { input: rest, adjusted: note }
}

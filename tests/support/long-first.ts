import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Suites that take longest, though their files are small: those that wait, then those that run other suites. */
const FIRST = [/\/(rounds|long-job)\.long\./, /mutants\.long\./]

/**
 * Starts the longest suites first, also where no earlier run has measured them, so that none runs alone at the end. What
 * waits runs beside what computes.
 */
export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const found = FIRST.findIndex((names) => names.test(moduleId))
      return found === -1 ? FIRST.length : found
    }
    // oxlint-disable-next-line unicorn/no-array-sort -- this one orders files, and is not of an array
    return (await super.sort(files)).toSorted((one, other) => place(one) - place(other))
  }
}

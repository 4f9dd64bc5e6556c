import type { Reporter, TestModule } from 'vitest/node'

/** Ends a run with one plain line that any CI can read: `29 passed, 0 failed`. */
export class Tally implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const states = modules.flatMap((module) =>
      [...module.children.allTests()].map((test) => test.result().state),
    )
    const count = (state: string) => states.filter((other) => other === state).length
    // A file that fails outside its tests (an import, a hook) counts as one failure too.
    const broken = modules.filter((module) => !module.ok()).length
    const failed = Math.max(count('failed'), broken) + errors.length
    process.stdout.write(`\n${count('passed')} passed, ${failed} failed\n`)
  }
}

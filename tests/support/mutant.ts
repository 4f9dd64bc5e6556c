/** A deliberate damage to a guard: in this file, this text once, becomes that. */
export type Mutant = {
  name: string
  file: string
  from: string
  to: string
  /** Words in the name of the test that finds it: the only one that runs, where those before it take long. */
  by?: string
}

/** A damage, and the test file that is to find it. */
export type NamedMutant<Test extends string = string> = Mutant & { test: Test }

/** A deliberate damage to a guard: in this file, this text once, becomes that. */
export type Mutant = { name: string; file: string; from: string; to: string }

/** A damage, and the test file that is to find it. */
export type NamedMutant<Test extends string = string> = Mutant & { test: Test }

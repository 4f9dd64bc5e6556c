import { jpegs } from './jpegs.ts'
import type { Leaving, OddFile } from './odd-file.ts'
import { avifsAndTiffs, webpsAndGifs } from './others.ts'
import { pngs } from './pngs.ts'
import { refusals } from './refusals.ts'

export type { Leaving, OddFile } from './odd-file.ts'

/** All files that docs/inputs.md tells of, in its order, made anew. */
export async function makeOddFiles(): Promise<OddFile[]> {
  const made = [jpegs(), pngs(), webpsAndGifs(), avifsAndTiffs(), refusals()]
  return (await Promise.all(made)).flat()
}

/** Those of them that can be worked on. */
export function leavingOnes(files: readonly OddFile[]): Leaving[] {
  return files.filter((file) => file.leaves !== undefined)
}

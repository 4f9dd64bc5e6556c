import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { REPOSITORY } from './app.ts'
import { temporaryFolder } from './databases.ts'

/** What a later version adds to each table of a paid call: the hardest case, a column that must have a value. */
const TABLES = ['hold', 'budget', 'entry', 'usage_day', 'generation', 'asset', 'purchase']
const ADDED = TABLES.map(
  (table) => `alter table ${table} add column added text not null default 'x'`,
)

/** The versions that a migration lets run: all that there are, or only those that know it. */
export type RunsBeside = 'all' | 'none'

/** A version of Inkwell that was made from these sources, with one more migration. */
export type NextVersion = Disposable & { root: string; version: string }

/** Makes the next version in a folder of its own. */
export function nextVersion(beside: RunsBeside): NextVersion {
  const folder = temporaryFolder()
  const root = folder.path
  const version = '99.0.0'
  cpSync(join(REPOSITORY, 'src'), join(root, 'src'), { recursive: true })
  cpSync(join(REPOSITORY, 'package.json'), join(root, 'package.json'))
  symlinkSync(join(REPOSITORY, 'node_modules'), join(root, 'node_modules'), 'junction')
  edit(join(root, 'src/version.ts'), /'[\d.]+'/, `'${version}'`)
  const added = `{ name: '9999-next', runsFrom: ${beside === 'all' ? 1 : 9999}, changes: () => ${JSON.stringify(ADDED)} },`
  edit(join(root, 'src/db/migrations.ts'), /\n\]\n/, `\n${added}\n]\n`)
  return { root, version, [Symbol.dispose]: () => folder[Symbol.dispose]() }
}

function edit(file: string, from: RegExp, to: string): void {
  const text = readFileSync(file, 'utf8')
  if (!from.test(text)) throw new Error(`${file} has no ${from.source}`)
  writeFileSync(
    file,
    text.replace(from, () => to),
  )
}

import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { ALERT_KINDS } from '../src/db/schema/alerts.ts'

const ROOT = resolve(import.meta.dirname, '..')
const read = (page: string): string => readFileSync(join(ROOT, page), 'utf8')

test.each(ALERT_KINDS)(
  'the runbook says what %s means and what to do, and docs/alerts.md when it is raised',
  (kind) => {
    const section = read('docs/runbook.md').split(`\n## ${kind}\n`)[1]?.split('\n## ')[0] ?? ''
    expect(section).toMatch(/^\n\S.+\.\n\n- /s)
    expect(read('docs/alerts.md')).toMatch(new RegExp(`^\\| \`${kind}\` `, 'm'))
  },
)

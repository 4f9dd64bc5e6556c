import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { ALERT_KINDS } from '../src/db/schema/alerts.ts'
import { METRICS } from '../src/metrics.ts'

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

const RULES = 'examples/monitoring/prometheus-rules.yaml'
const DASHBOARD = 'examples/monitoring/grafana-dashboard.json'
const rules = [...read(RULES).matchAll(/^ +- alert: (\w+)$/gm)].map(([, name = '']) => name)

test('promtool accepts the rules', () => {
  const check = spawnSync('promtool', ['check', 'rules', join(ROOT, RULES)], { encoding: 'utf8' })
  if (check.error !== undefined)
    throw new Error('This test needs promtool: apt-get install prometheus', { cause: check.error })
  expect(check.stdout).toContain(`SUCCESS: ${rules.length} rules found`)
  expect(check.status).toBe(0)
})

test.each(rules)('the runbook says what %s means and what to do', (rule) => {
  const section = read('docs/runbook.md').split(`\n### ${rule}\n`)[1]?.split('\n### ')[0] ?? ''
  expect(section).toMatch(/^\n\S.+\.\n\n- /s)
})

/** Metrics that are read from the state and have no entry in METRICS. */
const gauges = [...read('src/server/http/gauges.ts').matchAll(/^ +(?:add\()?'(\w+)',/gm)]

test.each([RULES, DASHBOARD])('%s asks for metrics that there are', (file) => {
  const known = new Set([...Object.keys(METRICS), ...gauges.map(([, name = '']) => name)])
  const asked = [...read(file).matchAll(/\binkwell_(\w+)/g)].map(([, name = '']) =>
    name.replace(/_(?:bucket|sum|count)$/, ''),
  )
  const unknown = asked.filter((name) => !known.has(name) && name !== 'event_loop_delay_seconds')
  expect(unknown).toEqual([])
  expect(asked.length).toBeGreaterThan(10)
})

test('the dashboard is one that Grafana imports: panels with their own ids, places and queries', () => {
  const { panels, schemaVersion } = JSON.parse(read(DASHBOARD)) as {
    schemaVersion: number
    panels: {
      id: number
      title: string
      gridPos: { x: number; w: number }
      targets: { expr: string }[]
    }[]
  }
  expect(schemaVersion).toBeGreaterThanOrEqual(39)
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
  for (const { title, gridPos, targets } of panels) {
    expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24)
    expect(targets.map(({ expr }) => `${title}: ${expr}`).join()).toContain('inkwell_')
  }
})

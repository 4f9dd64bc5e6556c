import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { REPOSITORY } from './support/app.ts'

const SWITCH = 'TEST_FAILS_ON_DEMAND'

test('is red on demand', () => {
  expect(process.env[SWITCH]).toBeUndefined()
})

test.each([
  { demand: {}, code: 0 },
  { demand: { [SWITCH]: '1' }, code: 1 },
])('a run of tests with $demand ends with exit code $code', async ({ demand, code }) => {
  const args = ['vitest', 'run', '--project', 'long', 'tests/exit-code', '-t', 'is red on demand']
  const run = spawn('npx', args, {
    cwd: REPOSITORY,
    env: { ...process.env, ...demand },
    stdio: 'ignore',
  })
  expect(await once(run, 'exit')).toEqual([code, null])
})

import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { inkwell, temporaryHome, type Settings } from '../support/app.ts'
import { serveHttp } from '../support/http.ts'

const LIVE = { FAL_KEY: 'id:secret' }
const ADVICE =
  /costs \$0\.05, whatever fal\.ai bills.*INKWELL_UNKNOWN_MODELS to upstream or refuse.*keys update --models/

/** What a server says about prices while it starts. */
async function said(env: Settings): Promise<string[]> {
  using home = temporaryHome(env)
  const file = join(home.path, 'log')
  const stderr = openSync(file, 'w')
  await using server = await serveHttp(home, { INKWELL_LOG_LEVEL: 'info' }, { stderr })
  await server.stop()
  closeSync(stderr)
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.includes('pricing.'))
}

test('a live server that sells strangers at one price says so once, and what to do', async () => {
  const [line, ...others] = await said(LIVE)
  expect(others).toEqual([])
  expect(JSON.parse(line ?? '')).toMatchObject({ level: 40, advice: expect.stringMatching(ADVICE) })
})

test.each([{}, { ...LIVE, INKWELL_UNKNOWN_MODELS: 'refuse' }])('%j says nothing', async (env) => {
  expect(await said(env)).toEqual([])
})

test.each([
  [LIVE, ADVICE],
  [{}, /any model that is not listed costs \$0\.05, whatever fal\.ai bills for it$/m],
  [{ ...LIVE, INKWELL_UNKNOWN_MODELS: 'refuse' }, /models that are not listed are refused$/m],
])('doctor of %j shows the policy', async (env, words) => {
  using home = temporaryHome()
  const { stdout } = await inkwell(home, ['doctor'], { env })
  expect(stdout.split('\n').find((line) => line.includes('Unlisted'))).toMatch(words)
})

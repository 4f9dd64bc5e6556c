import { expect, test } from 'vitest'
import { money } from '../../src/money.ts'
import { inkwell, temporaryHome } from '../support/app.ts'
import { emptyDatabase } from '../support/databases.ts'
import { connectHttp1, connectPinned, serveHttp } from '../support/http.ts'
import { answerOf, errorOf, small } from '../tools/support.ts'

/** A ledger on PostgreSQL with an account and a key, made by the command line, and the settings to use it. */
async function team(settings: Record<string, string> = {}) {
  const { url } = await emptyDatabase('postgres')
  const home = temporaryHome({ INKWELL_DATABASE_URL: url, ...settings })
  const run = async (...args: string[]) => {
    const { code, stdout } = await inkwell(home, [...args, '--json'])
    expect({ code, stdout }).toMatchObject({ code: 0 })
    return JSON.parse(stdout) as { id: string; key: string; ok: boolean }
  }
  const { id } = await run('accounts', 'create', '--name', 'Ada')
  const { key } = await run('keys', 'create', '--account', id)
  return { home, url, key, verify: async () => (await run('ledger', 'verify')).ok }
}

test("behind one address, an agent's session, budget, replay and files hold whichever server answers", async () => {
  const { home, key, verify } = await team({ INKWELL_MAX_USD_PER_RUN: '0.15' })
  using _home = home
  await using one = await serveHttp(home)
  await using two = await serveHttp(home)
  const session = { 'inkwell-session': 'job' }
  await using a = await connectPinned(one, key, session)
  await using b = await connectHttp1(two, key, session)
  const call = { ...small, idempotencyKey: 'the tile' }
  const first = answerOf(await a.call('generateImage', call))
  const again = answerOf(await b.call('generateImage', call))
  expect(again).toMatchObject({ id: first['id'], replayed: true, session: first['session'] })
  const racing = Array.from({ length: 12 }, (_, number) =>
    (number % 2 === 0 ? a : b).call('generateImage', small),
  )
  const results = await Promise.all(racing)
  const refused = results.filter(({ isError }) => isError === true)
  expect(refused).toHaveLength(10)
  for (const each of refused) expect(errorOf(each).code).toBe('session_budget_exceeded')
  for (const server of [one, two]) {
    const { body } = await server.json('/v1/credits', key, session)
    expect(body).toMatchObject({ balance: money(4_850_000), held: money(0) })
  }
  const [{ url }] = first['outputs'] as [{ url: string }]
  const { pathname, search } = new URL(url)
  expect((await fetch(`${two.url}${pathname}${search}`)).status).toBe(200)
  expect(await verify()).toBe(true)
})

test('the calls of a minute are counted over two servers on PostgreSQL', async () => {
  const { home, key } = await team({ INKWELL_MAX_CALLS_PER_MINUTE: '3' })
  using _home = home
  await using one = await serveHttp(home)
  await using two = await serveHttp(home)
  await using a = await connectPinned(one, key)
  await using b = await connectPinned(two, key)
  const calls = Array.from({ length: 8 }, (_, number) =>
    (number % 2 === 0 ? a : b).call('generateImage', small),
  )
  const results = await Promise.all(calls)
  const refused = results.filter(({ isError }) => isError === true)
  expect(refused).toHaveLength(5)
  for (const each of refused) expect(errorOf(each).code).toBe('rate_limited')
})

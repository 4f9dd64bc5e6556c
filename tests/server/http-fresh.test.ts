import { expect } from 'vitest'
import { revokeKey, updateKey } from '../../src/accounts/keys.ts'
import { query } from '../../src/db/db.ts'
import { capture, hold } from '../../src/ledger/ledger.ts'
import { DAY_MS, dayOf } from '../../src/ledger/rules.ts'
import { money } from '../../src/money.ts'
import { resumeAccount, suspendAccount } from '../../src/operator/accounts.ts'
import { holdOf, NO_CAPS } from '../support/holds.ts'
import { connectPinned, type HttpServer } from '../support/http.ts'
import { actOf, credit } from '../support/operator-acts.ts'
import { withServer } from '../support/with-server.ts'
import { answerOf, cheap } from '../tools/support.ts'

/** A server does not run a read again while the ledger is as it was. Here other processes write between two requests. */
const test = withServer()

const USAGE = `/v1/usage?from=${dayOf(Date.now() - 2 * DAY_MS)}&to=${dayOf(Date.now() + DAY_MS)}`

/** Asks twice, so that the second answer may be from what the first one read. */
async function twice(server: HttpServer, path: string, key: string) {
  const [first, second] = [await server.json(path, key), await server.json(path, key)]
  expect(withoutSignatures(second)).toBe(withoutSignatures(first))
  return second.body
}

/** A link is signed for as long as it is good: from one second to the next its text differs. */
function withoutSignatures(answer: unknown): string {
  return JSON.stringify(answer).replaceAll(/\?expires=[^"]*/g, '')
}

test('balance, held credits, the budget of a key and usage show what another process did', async ({
  home,
  server,
  keyFor,
}) => {
  const { key, id: key_id, accountId } = await keyFor('Cy')
  const before = await twice(server, '/v1/credits', key)
  expect(before).toMatchObject({ held: money(0), caps: { key: null } })
  expect(await twice(server, USAGE, key)).toMatchObject({ generation_count: 0 })

  const created_at = Date.now()
  const caps = { day: 900_000 }
  const request = holdOf({ id: 'gen_c', amount: 30_000, account_id: accountId, key_id, created_at })
  await home.withLedger(async (db) => {
    await db.write(() => credit({ accountId, amount: 6_000_000 }, created_at))
    await db.write(() => updateKey(key_id, { caps }, created_at))
    await db.write(() => hold(request, { ...NO_CAPS, key_day: caps.day }))
  })
  const { micro } = before['balance'] as { micro: number }
  const of = (used: number) => ({
    caps: { key: { limit: money(900_000), used: money(used), remaining: money(900_000 - used) } },
  })
  const balance = money(micro + 6_000_000 - 30_000)
  expect(await twice(server, '/v1/credits', key)).toMatchObject({
    balance,
    held: money(30_000),
    ...of(30_000),
  })

  await home.withLedger((db) => db.write(() => capture('gen_c', 30_000, Date.now())))
  expect(await twice(server, '/v1/credits', key)).toMatchObject({ balance, held: money(0) })
  expect(await twice(server, USAGE, key)).toMatchObject({
    generation_count: 1,
    total_cost: money(30_000),
  })
})

test('what the server itself has charged is in its next answers', async ({ server, keyFor }) => {
  const { key } = await keyFor('Di')
  const before = await twice(server, '/v1/credits', key)
  expect(await twice(server, USAGE, key)).toMatchObject({ generation_count: 0 })
  await using client = await connectPinned(server, key)
  const { id, cost } = answerOf(await client.call('generateImage', cheap)) as {
    id: string
    cost: { micro: number }
  }
  const { micro } = before['balance'] as { micro: number }
  expect(await twice(server, '/v1/credits', key)).toMatchObject({
    balance: money(micro - cost.micro),
  })
  expect(await twice(server, USAGE, key)).toMatchObject({ generation_count: 1, total_cost: cost })
  expect(await twice(server, `/v1/generations/${id}`, key)).toMatchObject({ status: 'completed' })
})

test('a generation shows what another process wrote of it', async ({ home, server, keyFor }) => {
  const { key } = await keyFor('Fay')
  await using client = await connectPinned(server, key)
  const { id } = answerOf(await client.call('generateImage', cheap)) as { id: string }
  const path = `/v1/generations/${id}`
  expect(await twice(server, path, key)).not.toMatchObject({ notes: ['noted elsewhere'] })
  const remarks = JSON.stringify({ notes: ['noted elsewhere'] })
  await home.withLedger((db) =>
    db.write(() =>
      query((builder) => builder.updateTable('generation').set({ remarks }).where('id', '=', id)),
    ),
  )
  expect(await twice(server, path, key)).toMatchObject({ notes: ['noted elsewhere'] })
})

test('checkUsage tells of a suspension and of its end', async ({ home, server, keyFor }) => {
  const { key, accountId } = await keyFor('Gus')
  await using client = await connectPinned(server, key)
  const states = async () =>
    answerOf(await client.call('checkUsage'))['states'] as { kind: string }[]
  const isSuspended = async () => (await states()).some(({ kind }) => kind === 'suspended')
  expect([await isSuspended(), await isSuspended()]).toEqual([false, false])
  const { author } = actOf(Date.now())
  await home.withLedger((db) => db.write(() => suspendAccount(accountId, 'for a test', author)))
  expect([await isSuspended(), await isSuspended()]).toEqual([true, true])
  const { author: next } = actOf(Date.now())
  await home.withLedger((db) => db.write(() => resumeAccount(accountId, 'it is over', next)))
  expect(await isSuspended()).toBe(false)
})

test('a key that another process revoked is refused at the next request', async ({
  home,
  server,
  keyFor,
}) => {
  const { key, id } = await keyFor('Hal')
  await twice(server, '/v1/credits', key)
  await home.withLedger((db) => db.write(() => revokeKey({ id }, Date.now())))
  expect(await server.json('/v1/credits', key)).toMatchObject({ status: 401 })
})

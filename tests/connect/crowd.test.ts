import { expect } from 'vitest'
import { listKeys } from '../../src/accounts/keys.ts'
import { budgetId, dayOf } from '../../src/ledger/rules.ts'
import { findBudget } from '../../src/ledger/queries/budget.ts'
import { findDifference } from '../../src/verify.ts'
import { connectHttp1, connectPinned } from '../support/http.ts'
import { connected, withConnectors } from '../support/connectors.ts'

const test = withConnectors({ INKWELL_MAX_CALLS_PER_MINUTE: '1000' })

test('64 calls at once on a connection of $0.10 a day spend that and no more', async ({
  home,
  server,
  account,
  key,
}) => {
  const { tokens } = await connected(server, key, { day: '0.10' })
  const { access_token: token } = tokens
  await using a = await connectHttp1(server, token)
  await using b = await connectPinned(server, token)
  const clients = [a, b]
  const results = await Promise.all(
    Array.from({ length: 32 }, (_, number) =>
      clients.map((client, nth) =>
        client.call('generateImage', {
          prompt: `fog ${nth} ${number}`,
          model: 'fal-ai/flux-2-flex',
        }),
      ),
    ).flat(),
  )
  const refused = results.filter(({ isError }) => isError === true)
  const error = { code: 'key_budget_exceeded', limit: { micro: 100_000 } }
  expect(refused.map(({ structuredContent }) => structuredContent)).toMatchObject(
    Array.from({ length: 62 }, () => ({ error })),
  )
  await home.withLedger(async (db) => {
    const budget = await db.read(function* reading() {
      const last = (yield* listKeys(account)).at(-1)
      const [row] = yield* findBudget({
        id: budgetId('key_day', last?.id ?? '', dayOf(Date.now())),
      })
      return row
    })
    expect(budget).toMatchObject({ spent: 100_000, held: 0, cap: 100_000 })
    expect(await db.read(findDifference)).toBeNull()
  })
})

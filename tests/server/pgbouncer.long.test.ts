import { expect, test } from 'vitest'
import { inkwell, temporaryHome } from '../support/app.ts'
import { useDatabases } from '../support/homes.ts'
import { connectHttp1, connectPinned, issued, openedAccount, serveHttp } from '../support/http.ts'
import { startPgBouncer } from '../support/pgbouncer.ts'
import { startPostgres } from '../support/postgres.ts'

const picture = { prompt: 'a calm sea', imageSize: { width: 64, height: 64 }, preview: false }
const CALLS = 12

test.each(['', '?pgbouncer=true'])(
  'two servers behind PgBouncer in transaction mode work, with %o at the end of the URL',
  async (ending) => {
    await using postgres = await startPostgres()
    await using pooler = await startPgBouncer(postgres.url)
    useDatabases([`${pooler.url}${ending}`])
    using home = temporaryHome()
    const { key } = await issued(home, await openedAccount(home, 'Ada'))
    await using first = await serveHttp(home)
    await using second = await serveHttp(home)
    await using a = await connectPinned(first, key)
    await using b = await connectHttp1(second, key)
    const answers = await Promise.all(
      Array.from({ length: CALLS }, async (_, place) => {
        const client = place % 2 === 0 ? a : b
        return await client.call('generateImage', { ...picture, prompt: `sea ${place}` })
      }),
    )
    expect(answers.map(({ structuredContent }) => structuredContent?.['status'])).toEqual(
      Array(CALLS).fill('completed'),
    )
    for (const server of [first, second])
      expect(await server.json('/v1/credits', key)).toMatchObject({
        status: 200,
        body: { balance: { micro: 5_000_000 - CALLS * 50_000 }, held: { micro: 0 } },
      })
    expect(await inkwell(home, ['ledger', 'verify'])).toMatchObject({ code: 0 })
    expect([await first.stop(), await second.stop()]).toEqual([0, 0])
  },
)

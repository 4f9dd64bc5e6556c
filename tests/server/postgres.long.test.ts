import { expect, test } from 'vitest'
import { emptyDatabase, ENGINES } from '../support/databases.ts'
import { examine, inkwell, temporaryHome } from '../support/app.ts'
import { connectV2 } from '../support/clients.ts'
import { useDatabases } from '../support/homes.ts'
import { connectPinned, issued, openedAccount, serveHttp } from '../support/http.ts'

const picture = { prompt: 'a calm sea', imageSize: { width: 64, height: 64 }, preview: false }

test.runIf(ENGINES.includes('postgres'))(
  'a stdio server, two HTTP servers and the command line share one ledger on PostgreSQL',
  async () => {
    const { url } = await emptyDatabase('postgres')
    useDatabases([url])
    using home = temporaryHome()
    await using stdio = await connectV2(home)
    expect((await stdio.call('generateImage', picture)).isError).not.toBe(true)
    const { key } = await issued(home, await openedAccount(home, 'Ada'))
    await using first = await serveHttp(home)
    await using second = await serveHttp(home)
    const wish = { ...picture, idempotencyKey: 'sea' }
    const answers = await Promise.all(
      [first, second].map(async (server) => {
        await using client = await connectPinned(server, key)
        return await client.call('generateImage', wish)
      }),
    )
    expect(new Set(answers.map((answer) => answer.structuredContent?.['id'])).size).toBe(1)
    expect(await second.json('/v1/credits', key)).toMatchObject({
      body: { balance: { micro: 4_950_000 } },
    })
    expect(await inkwell(home, ['ledger', 'verify'])).toMatchObject({ code: 0 })
    expect(await examine(home)).toMatchObject({ available: 4_950_000, difference: null })
    expect([await first.stop(), await second.stop()]).toEqual([0, 0])
  },
)

test.runIf(ENGINES.includes('postgres'))(
  'a ledger on PostgreSQL belongs to one mode, and doctor names its server without the password',
  async () => {
    const { url } = await emptyDatabase('postgres')
    useDatabases([url])
    using home = temporaryHome()
    const { password, host } = new URL(url)
    const doctor = await inkwell(home, ['doctor'])
    expect(doctor).toMatchObject({ code: 0, stdout: expect.stringContaining(host) })
    const live = await inkwell(home, ['ledger', 'verify'], { env: { FAL_KEY: 'a:b' } })
    expect(live).toMatchObject({ code: 1, stderr: expect.stringContaining('belongs to test mode') })
    expect(JSON.stringify([doctor, live])).not.toContain(password)
  },
)

test('a PostgreSQL server that is not there is told so, and its password is not', async () => {
  useDatabases(null)
  using home = temporaryHome({
    INKWELL_DATABASE_URL: 'postgres://ada:hunter2secret@127.0.0.1:1/ledger',
  })
  const ran = await inkwell(home, ['usage'])
  expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining('database') })
  expect(JSON.stringify(ran)).not.toContain('hunter2secret')
})

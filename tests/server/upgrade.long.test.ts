import { expect, test } from 'vitest'
import type { Row, TransactionBody } from '../../src/db/db.ts'
import { inkwell, temporaryHome } from '../support/app.ts'
import { onEachEngine } from '../support/engines.ts'
import {
  connectPinned,
  issued,
  openedAccount,
  serveHttp,
  type HttpServer,
} from '../support/http.ts'
import { nextVersion } from '../support/next-version.ts'

const PICTURE = { imageSize: { width: 64, height: 64 }, preview: false }
const CALLS = 12

/** Calls at once, which are batches on PostgreSQL. Answers the ids that they got. */
async function draw(server: HttpServer, key: string, name: string): Promise<unknown[]> {
  await using client = await connectPinned(server, key)
  const answers = await Promise.all(
    Array.from({ length: CALLS }, (_, place) =>
      client.call('generateImage', {
        ...PICTURE,
        prompt: name,
        idempotencyKey: `${name} ${place}`,
      }),
    ),
  )
  return answers.map(({ structuredContent, isError, content }) =>
    isError === true ? content : structuredContent?.['id'],
  )
}

onEachEngine(() => {
  test('a version runs beside the next one, before it and after it, and each finds what the other did', async () => {
    using next = nextVersion('all')
    using home = temporaryHome()
    const { key } = await issued(home, await openedAccount(home, 'Ada'))
    await using older = await serveHttp(home)
    const before = await draw(older, key, 'before')
    await using newer = await serveHttp(home, {}, { root: next.root })
    const beside = await Promise.all([draw(older, key, 'beside'), draw(newer, key, 'beside')])
    expect(beside[0]).toEqual(beside[1])
    expect(await draw(newer, key, 'before')).toEqual(before)
    expect([await older.stop(), await newer.stop()]).toEqual([0, 0])

    await using again = await serveHttp(home)
    expect(await draw(again, key, 'beside')).toEqual(beside[0])
    const after = await draw(again, key, 'after')
    expect(new Set([...before, ...(beside[0] ?? []), ...after]).size).toBe(3 * CALLS)
    expect(await again.json('/v1/credits', key)).toMatchObject({
      body: { balance: { micro: 5_000_000 - 3 * CALLS * 50_000 }, held: { micro: 0 } },
    })
    for (const options of [{}, { root: next.root }])
      expect(await inkwell(home, ['ledger', 'verify', '--full'], options)).toMatchObject({
        code: 0,
      })
    const added = await home.withLedger((db) =>
      db.read(function* (): TransactionBody<Row[]> {
        return yield () => ({ sql: `select distinct added from hold`, parameters: [] })
      }),
    )
    expect(added).toEqual([{ added: 'x' }])
  })

  test('a version that can no longer run is told which one can', async () => {
    using next = nextVersion('none')
    using home = temporaryHome()
    expect(await inkwell(home, ['usage'])).toMatchObject({ code: 0 })
    expect(await inkwell(home, ['usage'], { root: next.root })).toMatchObject({ code: 0 })
    const refused = await inkwell(home, ['usage'])
    expect(refused).toMatchObject({ code: 1, stdout: '' })
    expect(refused.stderr).toContain(`was changed by Inkwell ${next.version}`)
    expect(refused.stderr).toContain(`Update inkwell-mcp to ${next.version} or newer`)
    expect(await inkwell(home, ['ledger', 'verify'], { root: next.root })).toMatchObject({
      code: 0,
    })
  })
})

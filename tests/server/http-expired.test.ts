import { expect } from 'vitest'
import { connectPinned } from '../support/http.ts'
import { FILE, keep, withServer } from '../support/with-server.ts'
import { answerOf, errorOf, small } from '../tools/support.ts'

const REMOVED_AT = Date.UTC(2026, 3, 10)

const test = withServer({ INKWELL_KEEP_FILES: '90d' }).extend(
  'ada',
  FILE,
  async ({ server, key }, fixture) => keep(await connectPinned(server, key), fixture),
)

type Made = { id: string; outputs: [{ assetId: string; url: string; expiresAt: string }] }

test('a result says until when its file is kept, and afterwards that it expired, with date and price', async ({
  home,
  server,
  key,
  ada,
}) => {
  const { id, outputs } = answerOf(await ada.call('generateImage', small)) as Made
  const [{ assetId, url, expiresAt }] = outputs
  const days = (Date.parse(expiresAt) - Date.now()) / 86_400_000
  expect(Math.round(days)).toBe(90)
  await home.withLedger((db) =>
    db.write(function* remove() {
      yield () => ({
        sql: `update asset set removed_at = ${REMOVED_AT} where id = '${assetId}'`,
        parameters: [],
      })
    }),
  )
  const message = new RegExp(
    `^The file of ${assetId} was removed for good on 2026-04-10\\. It was made for \\$0\\.05 on \\d{4}-`,
  )
  for (const address of [`/v1/assets/${assetId}`, url.slice(server.url.length)]) {
    const { status, body } = await server.json(address, key)
    expect({ status, code: (body['error'] as { code: string }).code }).toEqual({
      status: 410,
      code: 'not_found',
    })
    expect(body['message']).toMatch(message)
    const page = await server.get(address, key, { accept: 'text/html' })
    expect(page.status).toBe(410)
  }
  const { headers } = await fetch(`${server.url}/page/sign-in`, {
    method: 'POST',
    headers: { origin: server.url },
    body: new URLSearchParams({ key, next: '/' }),
    redirect: 'manual',
  })
  const cookie = headers.get('set-cookie')?.split(';')[0] ?? ''
  for (const address of [`/page/files/${assetId}`, `/page/thumbnails/${assetId}`])
    for (const accept of ['text/html', 'image/*']) {
      const answer = await server.get(address, undefined, { cookie, accept })
      expect([address, accept, answer.status]).toEqual([address, accept, 410])
    }
  for (const [tool, args] of [
    ['viewImage', { id: assetId }],
    ['removeBackground', { image: id }],
  ] as const) {
    const error = errorOf(await ada.call(tool, args))
    expect(error).toMatchObject({ code: 'not_found', message: expect.stringMatching(message) })
    expect(error.hint).not.toMatch(/again/)
  }
  const shown = await ada.call('getGeneration', { id })
  expect(shown.content[0]?.text).toContain('removed on 2026-04-10')
  expect(answerOf(shown)['outputs']).toMatchObject([
    { path: null, url: null, expiresAt: '2026-04-10T00:00:00.000Z' },
  ])
})

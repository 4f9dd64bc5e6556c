import { expect, test } from 'vitest'
import { connect } from 'videodb'
import { temporaryHome } from '../support/app.ts'
import { connectPinned, issued, openedAccount, serveHttp } from '../support/http.ts'
import { answerOf, cheap, small } from '../tools/support.ts'

test("VideoDB's own client reads usage and invoices, and is told why where it may not", async () => {
  using home = temporaryHome({ INKWELL_MONTHLY_LIMIT_USD: '3' })
  const account = await openedAccount(home, 'Ada')
  const { key } = await issued(home, account)
  await using server = await serveHttp(home)
  const videodb = connect(key, server.url)
  expect(await videodb.checkUsage()).toEqual({
    creditBalance: 5,
    usageThisMonth: 0,
    breakdown: {},
    totalCreditsUsed: 0,
    monthlyLimit: 3,
    creditsRemaining: 3,
  })
  await using client = await connectPinned(server, key)
  const { outputs } = answerOf(await client.call('generateImage', cheap)) as {
    outputs: [{ assetId: string }]
  }
  answerOf(await client.call('editImage', { prompt: 'grayscale', image: outputs[0].assetId }))
  answerOf(await client.call('generateImage', small))
  expect(await videodb.checkUsage()).toEqual({
    creditBalance: 4.907,
    usageThisMonth: 0.093,
    breakdown: { generateImage: 0.053, editImage: 0.04 }, // the client leaves these names as they are
    totalCreditsUsed: 0.093,
    monthlyLimit: 3,
    creditsRemaining: 2.907,
  })
  expect(Object.values(await videodb.getInvoices())).toEqual([]) // it makes an object of the list

  const { key: narrow } = await issued(home, account, { scopes: ['generate'] })
  await expect(connect(narrow, server.url).checkUsage()).rejects.toMatchObject({
    cause: { cause: 'This API key lacks the scope credits:read.' },
  })
  await expect(connect('ink_unknown', server.url).checkUsage()).rejects.toThrow('Authentication')
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import { inkwell } from '../support/app.ts'
import { EVIL, openDeskStage, operating, type DeskStage } from '../support/desk.ts'

let stage: DeskStage
let money: string
let reader: string

beforeAll(async () => {
  stage = await openDeskStage()
  money = (await stage.adminKey(['read', 'money'], 'Grace')).key
  reader = (await stage.adminKey(['read'], 'auditor')).key
})

afterAll(async () => {
  await stage[Symbol.asyncDispose]()
})

const pathOf = (name: string): string => `/admin/accounts/${stage.accounts.get(name)}`

test('accounts are found by a part of the name and by ids of what is theirs, and sorted', async () => {
  await using tab = await operating(stage, reader)
  const { page } = tab
  const names = () => page.locator('.accounts tbody th a').allInnerTexts()
  const search = async (words: string) => {
    await page.getByRole('searchbox').fill(words)
    await page.getByRole('button', { name: 'Search' }).click()
    await page.waitForURL((url) => url.searchParams.get('q') === words || url.pathname !== '/admin')
  }
  expect(await names()).toEqual([
    'Quiet',
    'Kiosk',
    'Ada & Partners',
    EVIL,
    'Northwind',
    'Harbour Studio',
  ])
  await page.getByRole('link', { name: 'Most spent' }).click()
  await page.waitForURL(/order=spent/)
  expect((await names())[0]).toBe('Harbour Studio')
  await search('100%')
  expect(await page.locator('#accounts').innerText()).toContain(
    'No account has “100%” in its name.',
  )
  await search('STUDIO')
  expect(await names()).toEqual(['Harbour Studio'])
  await search(stage.accountKeyId)
  await page.getByRole('heading', { name: 'Harbour Studio' }).waitFor()
  const [balance, , margin] = await page.locator('.figure').allInnerTexts()
  expect([balance, margin]).toEqual(['$6.40', '−$0.67'])
})

test('text of accounts and operators is shown as text, and no page runs a script', async () => {
  await using tab = await operating(stage, money)
  const { page } = tab
  for (const path of ['/admin', pathOf(EVIL), '/admin/audit', pathOf('Kiosk')]) {
    const response = await page.goto(`${stage.server.url}${path}`)
    expect(response?.headers()['content-security-policy']).not.toContain('script-src')
    expect(await page.locator('main img, script').count()).toBe(0)
  }
  expect(await page.locator('.alerts .about').allInnerTexts()).toEqual([
    expect.stringContaining('$0.80 is left, less than $1.00.'),
  ])
  expect(await page.locator('.state').innerText()).toContain('“invoice <7> is "unpaid"”')
  await page.goto(
    `${stage.server.url}${pathOf(EVIL)}/credit?review=yes&amount=1&reason=%22%3E%3Cb%3Ex`,
  )
  expect(await page.locator('dd').allInnerTexts()).toContain('"><b>x')
  expect(await page.locator('dd b').count()).toBe(0)
  expect(tab.faults).toEqual([])
})

test('a credit is reviewed, done once, and on record with its author', async () => {
  await using tab = await operating(stage, money)
  const { page } = tab
  await page.goto(`${stage.server.url}${pathOf('Quiet')}`)
  await page.getByText('Credit or correct').click()
  const form = page.locator('#act-credit')
  await form.getByLabel('Amount').fill('-9')
  await form.getByLabel('Reason').fill('a <b>bold</b> promotion')
  await form.getByRole('button', { name: 'Review' }).click()
  const amount = page.getByLabel('Amount')
  await page.locator('.field-problem').waitFor()
  expect(await amount.getAttribute('aria-invalid')).toBe('true')
  expect(await page.locator('.field-problem').innerText()).toContain('Only $5.00 is available')
  await amount.fill('2.50')
  await page.getByRole('button', { name: 'Review' }).click()
  await page.getByRole('button', { name: 'Give credits' }).waitFor()
  expect(await page.locator('dd').allInnerTexts()).toEqual([
    '$5.00 → $7.50',
    '$2.50',
    'a <b>bold</b> promotion',
    'Grace',
  ])
  expect(await balanceOf('Quiet')).toBe(5_000_000) // a review does nothing
  await page.getByRole('button', { name: 'Give credits' }).click()
  await page.getByText('Done: credit or correct.').waitFor()
  expect(await balanceOf('Quiet')).toBe(7_500_000)
  const act = page.locator('#audit .acts tbody tr').first()
  expect(await act.innerText()).toMatch(
    /accounts.credit\s+a <b>bold<\/b> promotion\s+by Grace\s+\+2.50/,
  )
})

test('an act that is sent twice is done once; a form of another session does nothing', async () => {
  await using tab = await operating(stage, money)
  await using other = await operating(stage, money)
  const { page } = tab
  const review = `${pathOf('Northwind')}/credit?review=yes&amount=1&reason=twice`
  await other.page.goto(`${stage.server.url}${review}`)
  const stolen = await other.page.locator('.confirm input[name=csrf]').inputValue()
  await page.goto(`${stage.server.url}${review}`)
  const fields = {
    csrf: await page.locator('.confirm input[name=csrf]').inputValue(),
    request: await page.locator('input[name=request]').inputValue(),
    amount: '1',
    reason: 'twice',
  }
  const before = await balanceOf('Northwind')
  const send = (form: object) =>
    page.request.post(`${stage.server.url}${pathOf('Northwind')}/credit`, {
      form: { ...form },
      maxRedirects: 0,
    })
  for (const csrf of ['', stolen]) expect((await send({ ...fields, csrf })).status()).toBe(403)
  expect(await balanceOf('Northwind')).toBe(before)
  for (let time = 0; time < 2; time += 1) expect((await send(fields)).status()).toBe(303)
  await page.goto(`${stage.server.url}${pathOf('Northwind')}`)
  await page.getByText('This was done before.').waitFor()
  expect(await balanceOf('Northwind')).toBe(before + 1_000_000)
})

test('a charge is given back, an account is suspended, resumed and closed, each after a review', async () => {
  await using tab = await operating(stage, money)
  const { page } = tab
  const name = 'Ada & Partners'
  await page.goto(`${stage.server.url}${pathOf(name)}`)
  await page.getByRole('link', { name: 'Give back' }).first().click()
  await page.locator('#act form').waitFor()
  for (const [act, reason, changes, button, done] of [
    ['', 'blurred', ['$4.90 → $4.95'], 'Give it back', 'Done: give a charge back.'],
    ['Suspend', 'abuse', ['open → suspended'], 'Suspend', 'Suspended. Paid calls'],
    ['Resume', '', ['suspended → open'], 'Resume', 'Done: resume.'],
    [
      'Close for ever',
      'bankrupt',
      ['open → closed'],
      'Close for ever',
      'Closed. Its keys are revoked',
    ],
  ] as const) {
    if (act !== '') await page.locator('.act summary', { hasText: act }).click()
    const form = page.locator(act === '' ? '#act form' : '.act[open] form')
    await form.getByLabel('Reason').fill(reason)
    await form.getByRole('button', { name: 'Review' }).click()
    await page.locator('.confirm').getByRole('button', { name: button }).waitFor()
    expect(await page.locator('dd').allInnerTexts()).toEqual(expect.arrayContaining([...changes]))
    await page.locator('.confirm').getByRole('button', { name: button }).click()
    await page.getByText(done).first().waitFor()
  }
  expect(await page.locator('.act summary').allInnerTexts()).toEqual([
    'Credit or correct',
    'Give a charge back',
  ])
  expect((await page.locator('.acts code').allInnerTexts()).slice(0, 4)).toEqual([
    'accounts.close',
    'accounts.resume',
    'accounts.suspend',
    'ledger.refund',
  ])
})

test('a key that only reads sees no form, and its acts are refused', async () => {
  await using tab = await operating(stage, reader)
  const { page } = tab
  await page.goto(`${stage.server.url}${pathOf('Harbour Studio')}`)
  expect(await page.locator('main form').count()).toBe(0)
  expect(await page.getByRole('link', { name: 'Give back' }).count()).toBe(0)
  const csrf = await page.locator('input[name=csrf]').first().inputValue()
  const path = `${stage.server.url}${pathOf('Harbour Studio')}/credit`
  const sent = await page.request.post(path, { form: { csrf, amount: '1', reason: 'mine' } })
  expect(sent.status()).toBe(403)
  expect(await sent.text()).toContain('This admin key lacks the scope money.')
  expect((await page.request.get(path)).status()).toBe(403)
})

test('every table is a file, in which no cell is a formula', async () => {
  await using tab = await operating(stage, reader)
  const file = async (path: string): Promise<string[]> => {
    const response = await tab.page.request.get(`${stage.server.url}/admin/${path}`)
    expect(response.headers()['content-type']).toContain('text/csv')
    return (await response.text()).trimEnd().split('\r\n')
  }
  const accounts = await file('accounts.csv?order=name')
  expect(accounts).toHaveLength(stage.accounts.size + 1)
  expect(accounts.find((line) => line.includes('img'))).toContain(
    '"<img src=x onerror=alert(1)> & ""Sons"""',
  )
  expect((await file('margin.csv?by=day')).slice(1)).toHaveLength(30)
  expect((await file('margin.csv'))[1]).toMatch(/^fal-ai\/flux-2-flex,\d+,1740000,0,4,980000,-\d+$/)
  expect((await file('failures.csv')).slice(1).map((line) => line.split(',').slice(0, 2))).toEqual([
    ['content_refused', '7'],
    ['rate_limited', '4'],
    ['insufficient_credits', '1'],
  ])
  expect((await file(`audit.csv?account=${stage.accounts.get('Kiosk')}`))[1]).toContain(
    '"invoice <7> is ""unpaid"""',
  )
  const alerts = (await file('alerts.csv')).slice(1)
  expect(new Set(alerts.map((line) => line.split(',')[2]))).toEqual(
    new Set(['balance.low', 'store.failing']),
  )
  expect(alerts.join()).toContain('<b>no space</b>')
  const harbour = `accounts/${stage.accounts.get('Harbour Studio')}`
  expect(await file(`${harbour}/activity.csv`)).toHaveLength(1 + 4 + 12 + 7 + 9 + 1)
  expect(await file(`${harbour}/failures.csv`)).toHaveLength(4)
  expect((await file(`${harbour}/keys.csv`)).slice(1).map((line) => line.split(',')[1])).toEqual([
    'site',
    'laptop',
  ])
  for (const path of ['accounts.csv', `${harbour}/activity.csv`])
    expect((await stage.server.get(`/admin/${path}`)).status).toBe(401)
})

/** What an account has, by the command line, in micro-dollars. */
async function balanceOf(name: string): Promise<number> {
  const { stdout } = await inkwell(stage.home, [
    'accounts',
    'show',
    stage.accounts.get(name) ?? '',
    '--json',
  ])
  return (JSON.parse(stdout) as { balance: { micro: number } }).balance.micro
}

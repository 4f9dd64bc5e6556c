import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { activityOf, figureOf, openStudio, signedIn, type Studio } from '../support/page.ts'
import { refundOf } from '../support/operator-acts.ts'

let studio: Studio

beforeAll(async () => {
  studio = await openStudio()
})

afterAll(async () => {
  await studio[Symbol.asyncDispose]()
})

const sumOf = async (page: Page): Promise<string> =>
  (await page.locator('.chip-sum strong').innerText()).replace(/\s+/g, ' ')
const rowsOf = async (page: Page): Promise<number> => (await activityOf(page)).length
const day = (ago: number): string =>
  new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10)

/** Chooses one value of the filter, as a person does. */
async function choose(page: Page, name: string, option: string): Promise<void> {
  const choice = page.getByRole('combobox', { name })
  if (!(await choice.isVisible())) await page.getByText('Filter', { exact: true }).click()
  await choice.selectOption(option)
  await Promise.all([
    page.waitForEvent('load'),
    page.getByRole('button', { name: 'Apply' }).click(),
  ])
}

test('a jump shows the rows of a day and before it, within the question, and 50 rows fit on a page', async () => {
  await using tab = await signedIn(studio, studio.key.key)
  const { page } = tab
  await page.getByRole('link', { name: '50', exact: true }).click()
  await page.getByText('1–34 of 34').waitFor()
  await page.getByLabel('Rows of this day and before').fill(day(3))
  await page.getByRole('button', { name: 'Go to day' }).click()
  await page.getByText('22–34 of 34').waitFor()
  expect((await activityOf(page))[0]?.[1]).toContain('speech-02-hd')
  expect(new URL(page.url()).searchParams.get('size')).toBe('50')
  await page.getByRole('link', { name: 'Newest' }).click()
  await page.getByText('1–34 of 34').waitFor()
  expect(await page.getByRole('link', { name: '100', exact: true }).count()).toBe(1)
  expect(tab.faults).toEqual([])
})

describe('one question', () => {
  test('drives cards, chart, rows, sum and file, by each filter and by all of them together', async () => {
    await using tab = await signedIn(studio, studio.key.key)
    const { page } = tab
    expect(await sumOf(page)).toBe('34 calls · $0.31')
    for (const [name, option, sum, used] of [
      ['Model', 'fal-ai/birefnet', '9 calls · $0.05', '$0.05'],
      ['Tool', 'removeBackground', '9 calls · $0.05', '$0.05'],
      ['Type', 'voice', '4 calls · $0.20', '$0.20'],
      ['Key', 'second', '13 calls · $0.25', '$0.25'],
      ['Session', studio.sessions.get('cut-outs') ?? '', '9 calls · $0.05', '$0.05'],
    ] as const) {
      await choose(page, name, option)
      expect(await sumOf(page)).toBe(sum)
      expect(await figureOf(page, 'Total Used')).toBe(used)
      expect(await page.locator('#chart-sum').innerText()).toContain(`Total ${used},`)
      expect(await rowsOf(page)).toBe(Number.parseInt(sum, 10))
      const file = await page.request.get(
        new URL(
          (await page.getByRole('link', { name: 'Download CSV' }).getAttribute('href')) ?? '',
          studio.server.url,
        ).href,
      )
      expect((await file.text()).trim().split('\r\n')).toHaveLength(Number.parseInt(sum, 10) + 1)
      await page.getByRole('link', { name: 'Clear' }).click()
      await page.getByText('1–25 of 34').waitFor()
    }
    await choose(page, 'Key', 'second')
    await choose(page, 'Type', 'voice')
    await choose(page, 'Tool', 'upscale')
    expect(await page.locator('#activity').innerText()).toContain('No activity')
    await page.getByRole('link', { name: /Tool: upscale/ }).click() // a chip takes its condition away
    await page.getByText('1–4 of 4').waitFor()
    expect(page.url()).toMatch(/[?&]key=key_/)
    expect(tab.faults).toEqual([])
  })

  test('what a model cost on one day takes three clicks', async () => {
    await using tab = await signedIn(studio, studio.key.key)
    const { page } = tab
    await page.getByRole('link', { name: '7 days' }).click()
    await page.getByRole('link', { name: /^minimax\/speech-02-hd/ }).click()
    await page.locator(`#bar-${day(3)}`).click()
    await page.waitForURL(/from=/)
    expect(new URL(page.url()).searchParams.get('from')).toBe(day(3))
    expect(new URL(page.url()).searchParams.get('to')).toBe(day(3))
    expect(await sumOf(page)).toBe('4 calls · $0.20')
    expect(await figureOf(page, 'Share of Usage')).toBe('100%')
    expect(tab.faults).toEqual([])
  })

  test('bars are divided by model, tool, key or session, and the chart says it all as a table', async () => {
    await using tab = await signedIn(studio, studio.key.key)
    const { page } = tab
    expect(await page.locator('#bars li').count()).toBe(30)
    expect(await page.locator('#chart-sum').innerText()).toBe('Total $0.31, average $0.01 per day')
    expect(await page.locator('#chart-sum data').first().getAttribute('title')).toBe('$0.308')
    for (const [by, names] of [
      ['Tool', ['run', 'generateImage', 'removeBackground']],
      ['Key', ['second', 'first']],
      ['Session', ['agent', 'cut-outs']],
    ] as const) {
      await page.getByRole('link', { name: by, exact: true }).click()
      await page.locator('.segments.small [aria-current]', { hasText: by }).first().waitFor()
      expect(await page.locator('.legend bdi').allInnerTexts()).toEqual(names)
    }
    await page.getByText('Show the numbers as a table').click()
    const rows = page.locator('#chart tbody tr')
    expect(await rows.count()).toBe(30)
    expect(await rows.nth(1).innerText()).toMatch(/21\s+\$0\.063\s+\$0\.00\s+\$0\.063/)
    expect(tab.faults).toEqual([])
  })

  test('a link to a question survives signing in, also after a mistake, and leads nowhere else', async () => {
    await using tab = await studio.browser.tab()
    const { page } = tab
    await page.goto(`${studio.server.url}/?model=fal-ai%2Fbirefnet&range=90d`)
    for (const key of ['ink_wrong', studio.key.key]) {
      await page.getByLabel('API key').fill(key)
      await Promise.all([
        page.waitForEvent('load'),
        page.getByRole('button', { name: 'Sign in' }).click(),
      ])
    }
    expect(new URL(page.url()).search).toBe('?model=fal-ai%2Fbirefnet&range=90d')
    expect(await sumOf(page)).toBe('9 calls · $0.05')
    for (const next of [
      'https://evil.example/',
      '//evil.example',
      '/\\evil.example',
      '/page/sign-out',
    ]) {
      const answer = await fetch(`${studio.server.url}/page/sign-in`, {
        method: 'POST',
        body: new URLSearchParams({ key: studio.key.key, next }),
        headers: { origin: studio.server.url },
        redirect: 'manual',
      })
      expect(answer.headers.get('location')).toBe('/')
    }
  })

  test('it compares with the days before, and says how long the credits last', async () => {
    await using tab = await signedIn(studio, studio.key.key)
    const { page } = tab
    const left = Number((await figureOf(page, 'Available Credits')).slice(1))
    const lasts = Math.round(left / (0.263 / 7))
    expect(await page.locator('#cards').innerText()).toContain(
      `Lasts about ${lasts} days at this pace`,
    )
    await page.goto(`${studio.server.url}/?from=${day(3)}&to=${day(0)}`)
    expect(await page.locator('.chip-sum').innerText()).toMatch(/more than in .* \(\$0\.00\)/)
    await page.goto(`${studio.server.url}/?from=${day(2)}&to=${day(1)}`)
    expect(await page.locator('.chip-sum').innerText()).toMatch(/69% less than in .* \(\$0\.20\)/)
  })
})

test('refunds and top-ups are rows, and the sums agree', async () => {
  const id = `gen_${studio.account.slice(-6)}000030`
  await studio.home.withLedger((db) =>
    db.write(() => refundOf({ accountId: studio.account, id: id }, Date.now())),
  )
  await using tab = await signedIn(studio, studio.key.key)
  const { page } = tab
  expect(await page.locator('.chip-sum').innerText()).toMatch(
    /34 calls · \$0\.31\s+after \$0\.003 refunded/,
  )
  const rows = await activityOf(page)
  expect(rows[0]?.slice(1)).toEqual(['Refund: generateImage flux/schnell', 'Refund', '+0.003'])
  expect(rows.find(([, what]) => what?.includes('refunded'))?.[3]).toBe('-0.003 +0.003 refunded')
  expect(await page.locator('#budgets').innerText()).toContain('incl. $0.003 refunded')
  await choose(page, 'Kind', 'Refunds')
  expect(await sumOf(page)).toBe('1 refund · <$0.01')
  expect(await rowsOf(page)).toBe(1)
  await page.goto(`${studio.server.url}/?kind=top-ups&from=${day(365)}&to=${day(0)}`)
  expect(await activityOf(page)).toEqual([
    [
      expect.stringMatching(/^[A-Z][a-z]{2} \d{1,2}, \d{4}, /),
      'Credits at the start',
      'Top-up',
      '+5.00',
    ],
  ])
  expect(await sumOf(page)).toBe('1 top-up · $5.00')
  expect(tab.faults).toEqual([])
})

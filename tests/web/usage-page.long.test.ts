import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { layoutFaults } from '../support/geometry.ts'
import { connectPinned } from '../support/http.ts'
import { activityOf, figureOf, openStudio, signedIn, type Studio } from '../support/page.ts'

const HOSTILE = `<img src=x onerror="alert('x')"> "quotes" & <script>alert(1)</script> \u202Egnp.exe \u0007`

let studio: Studio

beforeAll(async () => {
  studio = await openStudio()
})

afterAll(async () => {
  await studio[Symbol.asyncDispose]()
})

describe('the activity', () => {
  test('has pages that hold every charge once, and lead back', async () => {
    await using tab = await signedIn(studio, studio.key.key)
    const { page } = tab
    expect(await page.locator('.pager').innerText()).toMatch(/1–10 of 25[^]*Page 1 of 3/)
    const seen = await activityOf(page)
    for (const place of ['11–20 of 25', '21–25 of 25']) {
      await page.getByRole('link', { name: 'Older' }).click()
      await page.getByText(place).waitFor()
      seen.push(...(await activityOf(page)))
    }
    expect(seen).toHaveLength(25)
    expect(seen.filter(([, what]) => what?.includes('speech-02-hd'))).toHaveLength(4)
    expect(seen[0]).toEqual([
      expect.stringMatching(/^[A-Z][a-z]{2} \d{1,2}, \d{1,2}:\d\d [AP]M$/),
      expect.stringMatching(/^Tool: generateImage flux\/schnell$/),
      'Image Generation',
      '-0.003',
    ])
    expect(seen.at(-1)?.slice(2)).toEqual(['Audio Generation', '-0.05'])
    expect(await page.getByRole('link', { name: 'Older' }).count()).toBe(0)
    await page.getByRole('link', { name: 'Newer' }).click()
    await page.getByText('11–20 of 25').waitFor()
    expect(await activityOf(page)).toEqual(seen.slice(10, 20))
    await page.getByRole('link', { name: 'Newest' }).click()
    await page.getByText('1–10 of 25').waitFor()
    expect(tab.faults).toEqual([])
  })

  test('is narrowed by day, tool, type, key and session', async () => {
    await using tab = await signedIn(studio, studio.key.key)
    const { page } = tab
    await page.getByRole('link', { name: 'See last 30 days' }).click()
    await page.getByText('1–10 of 34').waitFor()
    const filtered = async (name: string, option: string): Promise<string> => {
      const choice = page.getByRole('combobox', { name })
      if (!(await choice.isVisible())) await page.getByText('Filter', { exact: true }).click()
      await choice.selectOption(option)
      await Promise.all([
        page.waitForEvent('load'),
        page.getByRole('button', { name: 'Apply' }).click(),
      ])
      return await page.locator('#activity-rows').innerText()
    }
    expect(await filtered('Tool', 'removeBackground')).toContain('1–9 of 9')
    expect(await filtered('Tool', '')).toContain('1–10 of 34')
    expect(await filtered('Type', 'voice')).toContain('1–4 of 4')
    expect(await filtered('Key', 'second')).toContain('1–4 of 4')
    expect(await filtered('Type', '')).toContain('1–10 of 13')
    expect(await filtered('Session', studio.sessions.get('cut-outs') ?? '')).toContain('1–9 of 9')
    expect(await filtered('Tool', 'upscale')).toContain('No activity')
    await page.getByRole('link', { name: 'Clear' }).click()
    await page.getByText('1–10 of 25').waitFor()
    expect(tab.faults).toEqual([])
  })

  test('is read without any script, and comes as a file', async () => {
    await using tab = await signedIn(studio, studio.key.key, { javaScriptEnabled: false })
    const { page } = tab
    await page.goto(`${studio.server.url}/?operation=run`)
    await page.getByText('1–4 of 4').waitFor()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download CSV' }).click(),
    ])
    const chunks: Buffer[] = []
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer)
    const lines = Buffer.concat(chunks).toString().trim().split('\r\n')
    expect(download.suggestedFilename()).toMatch(/^inkwell-[\d-]+\.csv$/)
    expect(lines).toHaveLength(5)
    expect(lines[1]).toContain('minimax/speech-02-hd')
  })

  test('an address that asks for nonsense is told so', async () => {
    await using tab = await signedIn(studio, studio.key.key)
    for (const query of ['from=2026-02-30', 'operation=steal', 'before=x', 'from=2020-01-01'])
      expect((await tab.page.goto(`${studio.server.url}/?${query}`))?.status()).toBe(400)
    expect(await tab.page.getByRole('alert').innerText()).toContain('366 days')
  })
})

test('the chart has a bar for each of 30 days, their total and average, and the same as a table', async () => {
  await using tab = await signedIn(studio, studio.key.key)
  const { page } = tab
  expect(await page.locator('.bars .bar').count()).toBe(30)
  expect(await page.locator('#chart-sum').innerText()).toBe('Total $0.308, average $0.0103 per day')
  expect(await page.locator('.bars').getAttribute('aria-labelledby')).toContain('chart-sum')
  await page.getByText('Show the days as a table').click()
  const rows = page.locator('#chart tbody tr')
  expect(await rows.count()).toBe(30)
  expect(await rows.nth(1).innerText()).toMatch(/21\s+\$0\.063/)
  expect(tab.faults).toEqual([])
})

test('while an agent works its images and charges appear by themselves, and text from outside is only text', async () => {
  await using tab = await signedIn(studio, studio.second.key)
  const { page } = tab
  await page.locator('#live', { hasText: 'Live' }).waitFor()
  const before = await figureOf(page, 'Available Credits')
  const address = page.url()
  await page.getByText('Show the days as a table').click()
  await page.locator('#older').focus()
  await using agent = await connectPinned(studio.server, studio.second.key, {
    'inkwell-session': '"><i>x</i>',
  })
  await agent.call('generateImage', { prompt: HOSTILE, seed: 1 })
  await page.locator('.outputs img').waitFor()
  expect(await figureOf(page, 'Available Credits')).not.toBe(before)
  expect(page.url()).toBe(address)
  expect(await page.locator('#chart-table').getAttribute('open')).not.toBeNull() // stays as it was left
  expect(await page.evaluate('document.activeElement.id')).toBe('older')
  const shown = `<img src=x onerror="alert('x')"> "quotes" & <script>alert(1)</script> \ufffdgnp.exe ␇`
  expect((await activityOf(page))[0]?.[1]).toContain(shown)
  expect(await page.locator('.outputs .caption').innerText()).toBe(shown)
  expect(await page.locator('#budgets').innerText()).toContain('"><i>x</i>')
  expect(await page.locator('.account').innerText()).toBe('Studio <b>Harbour</b>')
  expect(await page.locator('main i, main img[src=x], main script').count()).toBe(0)
  await expect
    .poll(() => page.evaluate("document.querySelector('.outputs img').naturalWidth"))
    .toBeGreaterThan(50)
  const file = await page.request.get(
    new URL((await page.locator('.outputs img').getAttribute('src')) ?? '', studio.server.url).href,
  )
  expect(await page.locator('.outputs a').getAttribute('href')).toMatch(/^\/g\/gen_/)
  expect(file.headers()['content-type']).toMatch(/^image\//)
  expect(tab.faults).toEqual([])
})

test.each(['light', 'dark'] as const)(
  'has no fault that axe can find, in %s, on a phone and on a desk',
  async (colorScheme) => {
    await using tab = await signedIn(studio, studio.key.key, {
      colorScheme,
      reducedMotion: 'reduce',
    })
    const { page } = tab
    for (const width of [320, 480, 768, 800, 1088, 1440]) {
      await page.setViewportSize({ width, height: 900 })
      expect(await layoutFaults(page)).toEqual([])
    }
    await page.goto(`${studio.server.url}/?operation=run&from=&to=`)
    await page.getByText('Show the days as a table').click()
    expect(await violations(page)).toEqual([])
    await page.goto(`${studio.server.url}/?operation=upscale`)
    expect(await violations(page)).toEqual([])
    expect(tab.faults).toEqual([])
    await using out = await studio.browser.tab({ colorScheme })
    await out.page.goto(studio.server.url)
    expect(await violations(out.page)).toEqual([])
  },
)

test('the keyboard reaches everything in reading order, and shows where it is', async () => {
  await using tab = await signedIn(studio, studio.key.key)
  const { page } = tab
  const stops: string[] = []
  for (let step = 0; step < 9; step += 1) {
    await page.keyboard.press('Tab')
    stops.push(await page.evaluate<string>('document.activeElement.textContent.trim()'))
    const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')
    expect(outline).toBe('solid')
  }
  expect(stops).toEqual([
    'Skip to the activity',
    'Buy credits',
    'Sign out',
    '', // the field of the search
    'Search',
    'See last 30 days',
    'Download CSV',
    'Filter',
    'Tool: generateImage', // the page of the first row
  ])
})

async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).analyze()
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}

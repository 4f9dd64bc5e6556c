import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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
    expect(await page.locator('.pager').innerText()).toMatch(/1–25 of 34[^]*Page 1 of 2/)
    const seen = await activityOf(page)
    await page.getByRole('link', { name: 'Older' }).click()
    await page.getByText('26–34 of 34').waitFor()
    seen.push(...(await activityOf(page)))
    expect(seen).toHaveLength(34)
    expect(seen.filter(([, what]) => what?.includes('speech-02-hd'))).toHaveLength(4)
    expect(seen[0]).toEqual([
      expect.stringMatching(/^[A-Z][a-z]{2} \d{1,2}(, \d{4})?, \d{1,2}:\d\d [AP]M$/),
      expect.stringMatching(/^Tool: generateImage flux\/schnell$/),
      'Image Generation',
      '-0.003',
    ])
    expect(seen[21]?.slice(2)).toEqual(['Audio Generation', '-0.05'])
    expect(await page.getByRole('link', { name: 'Older' }).count()).toBe(0)
    await page.getByRole('link', { name: 'Newer' }).click()
    await page.getByText('1–25 of 34').waitFor()
    expect(await activityOf(page)).toEqual(seen.slice(0, 25))
    await page.getByRole('link', { name: '50', exact: true }).click()
    await page.getByText('1–34 of 34').waitFor()
    expect(await activityOf(page)).toEqual(seen)
    expect(tab.faults).toEqual([])
  })

  test('is read without any script, and comes as a file', async () => {
    await using tab = await signedIn(studio, studio.key.key, { javaScriptEnabled: false })
    const { page } = tab
    await page.getByText('Filter', { exact: true }).click()
    await page.getByRole('combobox', { name: 'Tool' }).selectOption('run')
    await page.getByRole('button', { name: 'Apply' }).click()
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
    for (const query of [
      'from=2026-02-30',
      'operation=steal',
      'kind=x',
      'size=7',
      'before=x',
      'from=2020-01-01',
    ])
      expect((await tab.page.goto(`${studio.server.url}/?${query}`))?.status()).toBe(400)
    expect(await tab.page.getByRole('alert').innerText()).toContain('366 days')
  })
})

test('while an agent works its images and charges appear by themselves, and text from outside is only text', async () => {
  await using tab = await signedIn(studio, studio.second.key)
  const { page } = tab
  await page.locator('#live', { hasText: 'Live' }).waitFor()
  const before = await figureOf(page, 'Available Credits')
  const address = page.url()
  await page.getByText('Show the numbers as a table').click()
  await page.locator('#size-100').focus()
  await using agent = await connectPinned(studio.server, studio.second.key, {
    'inkwell-session': '"><i>x</i>',
  })
  await agent.call('generateImage', { prompt: HOSTILE, seed: 1 })
  await page.locator('.outputs img').waitFor()
  expect(await figureOf(page, 'Available Credits')).not.toBe(before)
  expect(page.url()).toBe(address)
  expect(await page.locator('#chart-table').getAttribute('open')).not.toBeNull() // stays as it was left
  expect(await page.evaluate('document.activeElement.id')).toBe('size-100')
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

import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { violations } from '../support/axe.ts'
import { openDeskStage, operating, type DeskStage } from '../support/desk.ts'
import { layoutFaults, smallTargets } from '../support/geometry.ts'

let stage: DeskStage
let key: string

beforeAll(async () => {
  stage = await openDeskStage()
  key = (await stage.adminKey(['read', 'money'])).key
})

afterAll(async () => {
  await stage[Symbol.asyncDispose]()
})

/** Every kind of page, and how each is left: with forms open, with an error at its field. */
function pages(): Record<string, string> {
  const harbour = `/admin/accounts/${stage.accounts.get('Harbour Studio')}`
  return {
    overview: '/admin',
    ranking: '/admin?order=spent',
    'nothing found': '/admin?q=zebra',
    account: harbour,
    suspended: `/admin/accounts/${stage.accounts.get('Kiosk')}`,
    form: `${harbour}/refund`,
    problem: `${harbour}/credit?review=yes&amount=x&reason=y`,
    review: `${harbour}/close?review=yes&reason=${'a-long-reason'.repeat(20)}`,
    'audit log': '/admin/audit',
    'no account': '/admin/accounts/acct_none',
    'no order': '/admin?order=none',
  }
}

test.each(['light', 'dark'] as const)(
  'no page has a fault that axe can find, and no text leaves its box at any width, in %s',
  async (colorScheme) => {
    await using tab = await operating(stage, key, { colorScheme, reducedMotion: 'reduce' })
    const { page } = tab
    const shown = Object.entries(pages())
    for (const [name, path] of colorScheme === 'light' ? shown : shown.slice(0, 8)) {
      await page.goto(`${stage.server.url}${path}`)
      for (const summary of await page.locator('.act summary').all()) await summary.click()
      expect([name, ...(await violations(page))]).toEqual([name])
      for (const width of colorScheme === 'light' ? [320, 480, 800, 1280] : []) {
        await page.setViewportSize({ width, height: 900 })
        expect([name, width, ...(await layoutFaults(page))]).toEqual([name, width])
        expect([name, width, ...(await smallTargets(page))]).toEqual([name, width])
      }
    }
    const faults = tab.faults.filter((fault) => !/40[04] \((Not Found|Bad Request)\)/.test(fault))
    expect(faults).toEqual([])
  },
)

test('the page to sign in has no fault, with and without an error', async () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    await using tab = await stage.browser.tab({
      colorScheme,
      viewport: { width: 320, height: 700 },
    })
    const { page } = tab
    await page.goto(`${stage.server.url}/admin`)
    expect([...(await violations(page)), ...(await layoutFaults(page))]).toEqual([])
    await page.getByLabel('Admin key').fill('wrong')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').waitFor()
    expect([...(await violations(page)), ...(await layoutFaults(page))]).toEqual([])
  }
})

test('the keyboard reaches everything in reading order', async () => {
  await using tab = await operating(stage, key)
  const { page } = tab
  const stops: string[] = []
  for (let step = 0; step < 11; step += 1) {
    await page.keyboard.press('Tab')
    stops.push(
      await page.evaluate<string>(
        `document.activeElement.ariaLabel ?? document.activeElement.textContent.trim()`,
      ),
    )
    const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')
    expect(outline).toBe('solid')
  }
  expect(stops).toEqual([
    'Skip to the content',
    'Sign out',
    'Download CSV',
    'Search by name, or by an id of an account, key or generation',
    'Search',
    'Newest',
    'By name',
    'Most spent',
    'Lowest balance',
    'Quiet',
    'Kiosk',
  ])
})

test('pages can be printed, and are read in colours that a person has chosen', async () => {
  await using tab = await operating(stage, key, { forcedColors: 'active' })
  const { page } = tab
  for (const [name, path] of Object.entries(pages())) {
    await page.emulateMedia({ media: 'screen' })
    await page.goto(`${stage.server.url}${path}`)
    expect([name, ...(await sameAsGround(page))]).toEqual([name])
    await page.emulateMedia({ media: 'print' })
    await page.setViewportSize({ width: 680, height: 900 })
    const clicks = page.locator('button:visible, form:visible, nav:visible a:visible')
    expect([name, ...(await clicks.allInnerTexts())]).toEqual([name])
    expect([name, ...(await layoutFaults(page))]).toEqual([name])
    expect(await page.locator('h1').isVisible()).toBe(true)
  }
})

/** Names the bars that cannot be told from the ground. */
async function sameAsGround(page: Page): Promise<string[]> {
  return await page.evaluate<string[]>(`[...document.querySelectorAll('.bar')]
    .filter((bar) => getComputedStyle(bar).fill === getComputedStyle(document.body).backgroundColor)
    .map((bar) => bar.outerHTML)`)
}

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { violations } from '../support/axe.ts'
import { layoutFaults, smallTargets } from '../support/geometry.ts'
import { openStudio, signedIn, type Studio } from '../support/page.ts'
import { charge } from '../support/spending.ts'

let studio: Studio

beforeAll(async () => {
  studio = await openStudio()
  await charge(
    studio.home,
    studio.account,
    [
      {
        daysAgo: 0,
        model: 'fal-ai/recraft/v4/pro/text-to-image',
        keyId: studio.key.id,
        session: LONG,
      },
    ],
    'b',
  )
})

afterAll(async () => {
  await studio[Symbol.asyncDispose]()
})

const LONG = 'a_session_whose_name_has_no_place_to_break_it_anywhere_and_goes_on'

/** States of the page, by their addresses. */
const STATES = [
  '',
  '?operation=run&range=7d',
  '?operation=upscale',
  '?kind=refunds',
  '?kind=failed',
  '?by=session&range=90d',
  '?from=2026-01-01&to=2026-01-01&model=some/model-that-is-not-there',
]

const SHOWN = [
  ...STATES.map((state) => ['light', state] as const),
  ...STATES.slice(0, 2).map((state) => ['dark', state] as const),
]

test.each(SHOWN)(
  'has no fault that axe can find, and no text leaves its box at any width: %s %s',
  async (colorScheme, state) => {
    await using tab = await signedIn(studio, studio.key.key, {
      colorScheme,
      reducedMotion: 'reduce',
    })
    const { page } = tab
    await page.goto(`${studio.server.url}/${state}`)
    if (state === STATES[1]) await page.getByText('Show the numbers as a table').click()
    expect(await violations(page)).toEqual([])
    for (const width of colorScheme === 'light' ? [320, 480, 768, 1088] : []) {
      await page.setViewportSize({ width, height: 900 })
      expect([width, ...(await layoutFaults(page))]).toEqual([width])
      expect([width, ...(await smallTargets(page))]).toEqual([width])
    }
    expect(tab.faults).toEqual([])
  },
)

test.each(['light', 'dark'] as const)(
  'the page to sign in has no fault that axe can find, in %s',
  async (colorScheme) => {
    await using out = await studio.browser.tab({ colorScheme })
    await out.page.goto(studio.server.url)
    expect(await violations(out.page)).toEqual([])
  },
)

test('errors, an empty search and the test checkout have no fault either', async () => {
  await using tab = await signedIn(studio, studio.key.key)
  const { page } = tab
  const faults = async (): Promise<string[]> => {
    await page.setViewportSize({ width: 320, height: 900 })
    return [
      ...(await violations(page)),
      ...(await layoutFaults(page)),
      ...(await smallTargets(page)),
    ]
  }
  for (const [path, says] of [
    ['/nothing/here', 'There is no such page.\n\nCheck its address.'],
    ['/g/gen_unknown', 'generation'],
    ['/?kind=none', 'kind must be one of'],
    ['/search?q=zebra', 'Nothing of the last 366 days'],
    ['/search', 'Search'],
    ['/billing/return?checkout=cs_test_none', 'belongs to no purchase'],
  ] as const) {
    await page.goto(`${studio.server.url}${path}`)
    expect(await page.locator('main').innerText()).toContain(says)
    expect([path, ...(await faults())]).toEqual([path])
  }
  await page.goto(studio.server.url)
  await page.locator('#buy').getByRole('button', { name: 'Buy credits' }).click()
  await page.getByRole('button', { name: /^Pay/ }).waitFor()
  expect(await page.locator('main').innerText()).toContain('Studio <b>Harbour</b>')
  expect(await faults()).toEqual([])
  await page.getByRole('button', { name: /^Pay/ }).click()
  await page.getByText('Payment received').waitFor()
  expect(await faults()).toEqual([])
})

test('a link to the purchase form from elsewhere leads there over signing in', async () => {
  await using tab = await studio.browser.tab()
  const { page } = tab
  await page.goto(`${studio.server.url}/buy`)
  await page.getByLabel('API key').fill(studio.key.key)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.locator('#buy').waitFor()
  expect(page.url()).toBe(`${studio.server.url}/#buy`)
  await page.goto(`${studio.server.url}/buy`)
  expect(page.url()).toBe(`${studio.server.url}/#buy`)
})

test('the keyboard reaches everything in reading order, and shows where it is', async () => {
  await using tab = await signedIn(studio, studio.key.key)
  const { page } = tab
  await page.locator('#pause').waitFor()
  const stops: string[] = []
  for (let step = 0; step < 19; step += 1) {
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
    'Skip to the activity',
    'Pause',
    'Buy credits',
    'Sign out',
    'Search by prompt or id',
    'Search',
    'Today',
    '7 days',
    '30 days',
    '90 days',
    'This month',
    'Last month',
    'Filter',
    'Model',
    'Tool',
    'Key',
    'Session',
    expect.stringMatching(/: \$0\.06, 1 generation$/), // the bars are one stop: the last
    expect.stringMatching(/^minimax\/speech-02-hd/),
  ])
})

describe('the tip of a bar', () => {
  test('shows to a mouse, stays while it is pointed at, and goes with Escape', async () => {
    await using tab = await signedIn(studio, studio.key.key)
    const { page } = tab
    const bar = page.locator('#bars li').nth(26)
    const tip = bar.locator('.tip')
    expect(await tip.isVisible()).toBe(false)
    await bar.hover()
    expect(await tip.innerText()).toMatch(/\$0\.20, 4 generations/)
    await tip.hover()
    expect(await tip.isVisible()).toBe(true)
    await page.keyboard.press('Escape')
    expect(await tip.isVisible()).toBe(false)
  })

  test('shows to the keyboard, which walks along the bars with arrows and opens a day', async () => {
    await using tab = await signedIn(studio, studio.key.key)
    const { page } = tab
    await page.locator('#bars a').last().focus()
    for (const key of ['ArrowLeft', 'ArrowLeft', 'ArrowLeft']) await page.keyboard.press(key)
    expect(await page.locator('#bars .tip:visible').allInnerTexts()).toEqual([
      expect.stringMatching(/\$0\.20, 4 generations/),
    ])
    await page.keyboard.press('Home')
    expect(await page.evaluate('document.activeElement.id')).toBe(
      await page.locator('#bars a').first().getAttribute('id'),
    )
    await page.keyboard.press('End')
    await page.keyboard.press('Enter')
    await page.waitForURL(/from=/)
    expect(tab.faults).toEqual([])
  })

  test('shows to the first touch; the second one opens the day', async () => {
    await using tab = await signedIn(studio, studio.key.key, {
      hasTouch: true,
      viewport: { width: 360, height: 800 },
    })
    const { page } = tab
    const bar = page.locator('#bars a').nth(28)
    await bar.tap()
    expect(await page.locator('#bars .tip:visible').innerText()).toMatch(/21 generations/)
    const tip = await page.locator('#bars .tip:visible').boundingBox()
    expect(tip?.x).toBeGreaterThanOrEqual(0)
    expect((tip?.x ?? 0) + (tip?.width ?? 0)).toBeLessThanOrEqual(360)
    expect(page.url()).not.toContain('from=')
    await bar.tap()
    await page.waitForURL(/from=/)
  })
})

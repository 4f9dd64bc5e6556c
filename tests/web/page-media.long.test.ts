import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { violations } from '../support/axe.ts'
import { layoutFaults } from '../support/geometry.ts'
import { openStudio, signedIn, type Studio } from '../support/page.ts'

let studio: Studio

beforeAll(async () => {
  studio = await openStudio()
})

afterAll(async () => {
  await studio[Symbol.asyncDispose]()
})

test('bars, progress and swatches are drawn where a person has chosen the colours', async () => {
  await using tab = await signedIn(studio, studio.key.key, { forcedColors: 'active' })
  const { page } = tab
  const [ground, ...drawn] = await page.evaluate<string[]>(`[
    getComputedStyle(document.body).backgroundColor,
    ...[...document.querySelectorAll('.stack-link rect, .swatch rect')].map((rect) => {
      const { fill, stroke } = getComputedStyle(rect)
      return fill + ' ' + stroke
    })]`)
  expect(drawn.length).toBeGreaterThan(6)
  for (const colours of drawn) expect(colours).not.toBe(`${ground} ${ground}`)
  expect(new Set(drawn).size).toBe(await page.locator('.legend li').count())
  expect(await violations(page)).toEqual([])
})

test('printed, the page has its numbers and nothing to click', async () => {
  await using tab = await signedIn(studio, studio.key.key)
  const { page } = tab
  expect(await printed(page)).toEqual([])
  expect(await page.locator('#cards').isVisible()).toBe(true)
  expect(await page.locator('#activity tbody tr:visible').count()).toBe(25)
})

test('the other pages can be printed and are read in colours that a person has chosen', async () => {
  await using tab = await signedIn(studio, studio.key.key, { forcedColors: 'active' })
  const { page } = tab
  const generation = await page.locator('#activity a[href^="/g/"]').first().getAttribute('href')
  await page.locator('#buy').getByRole('button', { name: 'Buy credits' }).click()
  await page.getByRole('button', { name: /^Pay/ }).waitFor()
  for (const url of [generation ?? '', '/search?q=schnell', '/nothing/here', page.url()]) {
    await page.emulateMedia({ media: 'screen' })
    await page.goto(new URL(url, studio.server.url).href)
    expect([url, ...(await violations(page))]).toEqual([url])
    expect([url, ...(await frameless(page))]).toEqual([url])
    expect([url, ...(await printed(page))]).toEqual([url])
    expect(await page.locator('h1').isVisible()).toBe(true)
  }
})

/** Names the buttons and fields that cannot be told from the ground: their colours are those of the system. */
async function frameless(page: Page): Promise<string[]> {
  return await page.evaluate<
    string[]
  >(`[...document.querySelectorAll('button, .button, input:not([type=hidden])')]
    .filter((target) => target.checkVisibility() && parseFloat(getComputedStyle(target).borderTopWidth) === 0)
    .map((target) => target.textContent.trim() || target.name)`)
}

/** Prints a page. Returns what is left to click, and the faults of its layout on paper. */
async function printed(page: Page): Promise<string[]> {
  await page.emulateMedia({ media: 'print' })
  await page.setViewportSize({ width: 680, height: 900 })
  const clicks = page.locator('button:visible, form:visible, nav:visible a:visible')
  return [...(await clicks.allInnerTexts()), ...(await layoutFaults(page))]
}

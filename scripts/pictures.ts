/**
 * Takes the pictures of the usage page in docs/images, from twelve days of work that the tools really do in test mode:
 * `npm run pictures`. Look at them afterwards.
 */
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { SCOPES } from '../src/accounts/scopes.ts'
import { ACCOUNT, temporaryHome } from '../tests/support/app.ts'
import { openBrowser } from '../tests/support/browser.ts'
import { issued, serveHttp } from '../tests/support/http.ts'
import { signedIn } from '../tests/support/page.ts'
import { makePast } from './pictures/past.ts'

const FOLDER = join(import.meta.dirname, '..', 'docs', 'images')

/** Brings every picture that loads late into view. */
async function loadAll(page: Page): Promise<void> {
  for (const image of await page.locator('img').all()) await image.scrollIntoViewIfNeeded()
  await page.waitForFunction('[...document.images].every((one) => one.complete)')
  await page.evaluate('scrollTo(0, 0)')
}

async function take(page: Page, name: string, fullPage = true): Promise<void> {
  const shot = await page.screenshot({ fullPage, animations: 'disabled' })
  await sharp(shot)
    .webp({ quality: 82 })
    .toFile(join(FOLDER, `${name}.webp`))
}

using home = temporaryHome({ INKWELL_MAX_USD_PER_DAY: '1', INKWELL_MONTHLY_LIMIT_USD: '20' })
await makePast(home)
const { key } = await issued(home, ACCOUNT, {
  name: 'laptop',
  scopes: SCOPES,
  caps: { day: 1_000_000 },
})
await using server = await serveHttp(home)
await using browser = await openBrowser()
for (const colorScheme of ['light', 'dark'] as const) {
  await using tab = await signedIn({ browser, server }, key, { colorScheme })
  const { page } = tab
  for (const width of [1440, 768, 360]) {
    await page.setViewportSize({ width, height: 900 })
    await loadAll(page)
    await take(page, `usage-${colorScheme}-${width}`)
  }
  if (colorScheme === 'dark') continue
  await page.setViewportSize({ width: 1240, height: 1000 })
  await take(page, 'usage', false)
  await page.locator('.outputs a').nth(2).click()
  await page.waitForURL('**/g/gen_*')
  await page.waitForLoadState('networkidle')
  await take(page, 'generation', false)
}

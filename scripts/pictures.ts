/**
 * Takes the pictures of the pages in docs/images, from twelve days of work that the tools really do in test mode, and of
 * the operator's page: `npm run pictures`, or with `admin` only these. Look at them afterwards.
 */
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { SCOPES } from '../src/accounts/scopes.ts'
import { ACCOUNT, temporaryHome } from '../tests/support/app.ts'
import { openBrowser } from '../tests/support/browser.ts'
import { publicAt } from '../tests/support/connectors.ts'
import { hostApp } from '../tests/support/app-host.ts'
import { connectPinned, issued, serveHttp } from '../tests/support/http.ts'
import { signedIn } from '../tests/support/page.ts'
import { freePort } from '../tests/support/postgres.ts'
import { takeConsent } from './pictures/consent.ts'
import { takeDesk } from './pictures/desk.ts'
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

await takeDesk(take)
if (process.argv[2] === 'admin') process.exit(0)

using home = temporaryHome({ INKWELL_MAX_USD_PER_DAY: '1', INKWELL_MONTHLY_LIMIT_USD: '20' })
await makePast(home)
const { key } = await issued(home, ACCOUNT, {
  name: 'laptop',
  scopes: SCOPES,
  caps: { day: 1_000_000 },
})
await using server = await serveHttp(home, {}, { args: publicAt(await freePort()) })
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

// A key with limits of its own lets nobody in.
const { key: signer } = await issued(home, ACCOUNT, { name: 'phone' })
await takeConsent({ browser, server, key: signer }, take)

// The view in a chat, as hosts show it: in place, in columns of three widths.
await using client = await connectPinned(server, key)
const view = (await client.read('ui://inkwell/usage.html')).text ?? ''
const usage = await client.call('checkUsage', { days: 30 })
for (const [width, theme] of [
  [320, 'light'],
  [480, 'dark'],
  [800, 'light'],
] as const) {
  await using tab = await browser.tab({ viewport: { width, height: 280 }, colorScheme: theme })
  const context = { displayMode: 'inline', availableDisplayModes: ['inline', 'fullscreen'] }
  const { notify } = await hostApp(tab.page, { view, theme, links: 'opened', context })
  await notify('ui/notifications/tool-result', usage)
  await tab.page.frameLocator('iframe').getByRole('button', { name: 'Show all' }).waitFor()
  await take(tab.page, `chat-${width}`)
}

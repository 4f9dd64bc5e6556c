import type { Page } from 'playwright-core'
import type { TestBrowser } from '../../tests/support/browser.ts'
import { authorizeUrl, register } from '../../tests/support/connectors.ts'
import type { HttpServer } from '../../tests/support/http.ts'

type Taken = { browser: TestBrowser; server: HttpServer; key: string }

/** Takes the question that a person answers when a host asks to be let in. */
export async function takeConsent(
  { browser, server, key }: Taken,
  take: (page: Page, name: string) => Promise<void>,
): Promise<void> {
  const { client_id } = await register(server, { client_name: 'Codex' })
  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [768, 360]) {
      await using tab = await browser.tab({ colorScheme, viewport: { width, height: 900 } })
      const { page } = tab
      await page.goto(authorizeUrl(server, client_id).url)
      await page.locator('[name=key]').fill(key)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.locator('[name=day]').waitFor()
      await take(page, `consent-${colorScheme}-${width}`)
    }
}

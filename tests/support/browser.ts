import chromium from '@sparticuz/chromium'
import { chromium as playwright, type Browser, type Page } from 'playwright-core'

export type TestBrowser = AsyncDisposable & { page(options?: { dark?: boolean }): Promise<Page> }

/** A real browser without a window. */
export async function openBrowser(): Promise<TestBrowser> {
  const browser: Browser = await playwright.launch({
    executablePath: await chromium.executablePath(),
    args: [...chromium.args, '--no-sandbox'],
    headless: true,
  })
  return {
    page: async ({ dark = false } = {}) =>
      await browser.newPage({
        viewport: { width: 900, height: 720 },
        colorScheme: dark ? 'dark' : 'light',
      }),
    [Symbol.asyncDispose]: () => browser.close(),
  }
}

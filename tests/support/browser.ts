import chromium from '@sparticuz/chromium'
import {
  chromium as playwright,
  type Browser,
  type BrowserContextOptions,
  type Page,
} from 'playwright-core'

export type TestBrowser = AsyncDisposable & {
  page(options?: { dark?: boolean }): Promise<Page>
  /** A browser window without a past, which notes what goes wrong in it. */
  tab(options?: BrowserContextOptions): Promise<Tab>
}

export type Tab = AsyncDisposable & {
  page: Page
  /** Errors of scripts and on the console, violations of the content policy among them, and requests that failed. */
  faults: string[]
}

/** A real browser without a window. */
export async function openBrowser(): Promise<TestBrowser> {
  const browser: Browser = await playwright.launch({
    executablePath: await chromium.executablePath(),
    // Not the package's own arguments: they turn off the very checks that tests are for.
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  })
  return {
    page: async ({ dark = false } = {}) =>
      await browser.newPage({
        viewport: { width: 900, height: 720 },
        colorScheme: dark ? 'dark' : 'light',
      }),
    tab: (options) => openTab(browser, options),
    [Symbol.asyncDispose]: () => browser.close(),
  }
}

async function openTab(browser: Browser, options: BrowserContextOptions = {}): Promise<Tab> {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => void faults.push(error.message))
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(message.text())
  })
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? ''
    // Leaving a page breaks off what it still asked for.
    if (reason !== 'net::ERR_ABORTED') faults.push(`${request.url()} ${reason}`)
  })
  return { page, faults, [Symbol.asyncDispose]: () => context.close() }
}

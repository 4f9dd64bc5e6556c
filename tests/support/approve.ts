import type { Page } from 'playwright-core'

/** A person who signs in and approves, in a real browser. The page that follows is the client's. */
export async function approve(page: Page, url: string, key: string): Promise<void> {
  await page.goto(url)
  if ((await page.getByLabel('API key').count()) > 0) {
    await page.locator('[name=key]').fill(key)
    await page.getByRole('button', { name: 'Sign in' }).click()
  }
  await page.locator('[name=day]').fill('0.50')
  await page.getByRole('button', { name: 'Approve' }).click()
}

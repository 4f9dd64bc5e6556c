import type { Page } from 'playwright-core'
import { FRIENDLY, openDeskStage, operating } from '../../tests/support/desk.ts'

/** Takes the pictures of the operator's page: at three widths, light and dark. */
export async function takeDesk(
  take: (page: Page, name: string, fullPage?: boolean) => Promise<void>,
): Promise<void> {
  await using stage = await openDeskStage(FRIENDLY)
  const { key } = await stage.adminKey(['read', 'money'], 'Grace')
  for (const colorScheme of ['light', 'dark'] as const) {
    await using tab = await operating(stage, key, { colorScheme })
    const { page } = tab
    for (const width of [1280, 800, 320]) {
      await page.setViewportSize({ width, height: 900 })
      await take(page, `admin-${colorScheme}-${width}`)
    }
    if (colorScheme === 'dark') continue
    await page.setViewportSize({ width: 1280, height: 1000 })
    await page.getByRole('link', { name: 'Harbour Studio' }).first().click()
    await page.getByRole('heading', { name: 'Daily Credit Usage' }).waitFor()
    await take(page, 'admin-account-light-1280', false)
  }
}

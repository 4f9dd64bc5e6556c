/**
 * Records docs/images/budget.webp: an agent works until its budget is used up and is refused, beside the live usage page.
 * Everything in it is said by the running product: `npm run recording`. Look at it afterwards.
 */
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { SCOPES } from '../src/accounts/scopes.ts'
import { html } from '../src/web/views/html.ts'
import { ACCOUNT, temporaryHome } from '../tests/support/app.ts'
import { openBrowser } from '../tests/support/browser.ts'
import type { ToolResult } from '../tests/support/clients.ts'
import { connectPinned, issued, serveHttp } from '../tests/support/http.ts'
import { signedIn } from '../tests/support/page.ts'
import { makePast } from './pictures/past.ts'

const FILE = join(import.meta.dirname, '..', 'docs', 'images', 'budget.webp')
const PANE = { width: 620, height: 560 }
const STYLE = `body { margin: 0; background: #10131a; color: #e7eaf1; padding: 18px;
  font: 15px/1.5 ui-monospace, 'DejaVu Sans Mono', monospace }
  p { margin: 0 0 12px }
  b { color: #9db0ff; font-weight: 600 } .no { color: #ff9c8f }`
/** How long pictures stay, in milliseconds. */
const SHORT_MS = 900
const LONG_MS = 4_000

const PROMPTS = [
  'Sunset over calm sea',
  'Low poly hills in teal',
  'Stars over a dark valley',
  'Mountain ridges at sunrise',
]

type Line = { text: string; kind: 'asked' | 'told' | 'refused' }

/** Shows what an agent asked and was told, the newest at the bottom. */
async function show(terminal: Page, lines: readonly Line[]): Promise<void> {
  const shown = lines.map(({ text, kind }) =>
    kind === 'asked'
      ? html`<p><b>› ${text}</b></p>`
      : html`<p class="${kind === 'refused' ? 'no' : ''}">${text}</p>`,
  )
  await terminal.setContent(`<style>${STYLE}</style>${html`${shown}`.html}`)
}

/** What the agent was told of the cost and of what is left, or why it was refused. */
function told({ content, isError }: ToolResult): string {
  const text = content[0]?.text ?? ''
  if (isError === true) return text
  return (text.match(/\S+ cost \$[\d.]+|Balance .*$/g) ?? [text]).join('. ')
}

/** The two panes side by side. */
async function frame(terminal: Page, usage: Page): Promise<Buffer> {
  await usage.locator('#budgets').evaluate((panel) => panel.scrollIntoView({ block: 'center' }))
  const [left, right] = await Promise.all([terminal.screenshot(), usage.screenshot()])
  return await sharp({
    create: { ...PANE, width: PANE.width * 2, channels: 3, background: '#000' },
  })
    .composite([
      { input: left, left: 0, top: 0 },
      { input: await sharp(right).resize(PANE).toBuffer(), left: PANE.width, top: 0 },
    ])
    .png()
    .toBuffer()
}

using home = temporaryHome()
await makePast(home)
const { key } = await issued(home, ACCOUNT, {
  name: 'night agent',
  scopes: SCOPES,
  caps: { day: 150_000 },
})
await using server = await serveHttp(home)
await using browser = await openBrowser()
await using agent = await connectPinned(server, key)
await using left = await browser.tab({ viewport: PANE })
const viewport = { width: PANE.width * 1.6, height: PANE.height * 1.6 }
await using right = await signedIn({ browser, server }, key, { viewport, colorScheme: 'dark' })

const lines: Line[] = []
const frames: Buffer[] = []
const delay: number[] = []
const record = async (ms: number): Promise<void> => {
  await show(left.page, lines)
  frames.push(await frame(left.page, right.page))
  delay.push(ms)
}
await record(SHORT_MS)
for (const prompt of PROMPTS) {
  lines.push({ text: `generateImage "${prompt}"`, kind: 'asked' })
  await record(SHORT_MS)
  const result = await agent.call('generateImage', { prompt, preview: false })
  const refused = result.isError === true
  lines.push({ text: told(result), kind: refused ? 'refused' : 'told' })
  await right.page.waitForTimeout(3_000) // the page looks again by itself
  await record(refused ? LONG_MS : SHORT_MS * 2)
  if (refused) break
}
await sharp(frames, { join: { animated: true } })
  .webp({ quality: 70, effort: 6, loop: 0, delay })
  .toFile(FILE)

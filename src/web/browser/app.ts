import type { UsageOverview, VIEW_META, ViewMeta } from '../../usage/overview.ts'
import { alertBox } from '../views/alert.ts'
import type { Html } from '../views/html.ts'
import { overview } from '../views/overview.ts'
import { connect, type HostContext, type ToolResult } from './bridge.ts'

/** The usage view inside a chat. All its data comes from the host. */

const view = document.querySelector('#view')

function show(content: Html): void {
  if (view === null) return
  view.innerHTML = content.html
  view.setAttribute('aria-busy', 'false')
}

function showError(message: string): void {
  show(alertBox({ message, hint: '' }))
}

/** Repeated here, because importing the value would bundle its whole module into this script. */
const META: typeof VIEW_META = 'inkwell/view'

function showResult({ isError, structuredContent, content, _meta }: ToolResult): void {
  if (isError === true) return showError(content?.[0]?.text ?? 'The usage could not be read.')
  if (structuredContent === undefined) return showError('The usage came without its numbers.')
  show(overview(structuredContent as UsageOverview, _meta?.[META] as ViewMeta | undefined))
}

function applyTheme({ theme, styles }: HostContext): void {
  const { dataset, style } = document.documentElement
  if (theme !== undefined) dataset['theme'] = theme
  const font = styles?.variables?.['--font-sans']
  if (font !== undefined) style.setProperty('--font', font)
}

async function start(): Promise<void> {
  const host = await connect({
    'ui/notifications/tool-result': (params) => {
      showResult(params as ToolResult)
      void showMonth()
    },
    'ui/notifications/tool-cancelled': () => showError('The call was cancelled.'),
    'ui/notifications/host-context-changed': (params) => applyTheme(params as HostContext),
  })
  applyTheme(host.context)

  /** Shows 30 days in the chart if the host allows tool calls. The original call may have asked for fewer days. */
  async function showMonth(): Promise<void> {
    if (!host.mayCallTools) return
    const month = await host
      .callTool('checkUsage', { days: 30, limit: 8, daily: true })
      .catch(() => undefined)
    if (month?.isError !== true && month?.structuredContent !== undefined) showResult(month)
  }
}

void start().catch(() => showError('The chat did not answer.'))

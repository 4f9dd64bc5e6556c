import type { DAYS_OF_VIEW, UsageOverview } from '../../../usage/overview.ts'
import { html } from '../html.ts'
import { overview } from '../overview.ts'
import { connect, type HostContext, type ToolResult } from './bridge.ts'

/** The usage view inside a chat. All it knows comes from its host. */

const view = document.querySelector('#view')

function show(content: { html: string }): void {
  if (view === null) return
  view.innerHTML = content.html
  view.setAttribute('aria-busy', 'false')
}

function fail(message: string): void {
  show(html`<p class="notice error" role="alert">${message}</p>`)
}

const DAYS: typeof DAYS_OF_VIEW = 'inkwell/daily'

function showResult({ isError, structuredContent, content, _meta }: ToolResult): void {
  if (isError === true) return fail(content?.[0]?.text ?? 'The usage could not be read.')
  if (structuredContent === undefined) return fail('The usage came without its numbers.')
  const now = structuredContent as UsageOverview
  const given = _meta?.[DAYS] as UsageOverview['usage']['daily']
  show(overview({ ...now, usage: { ...(given && { daily: given }), ...now.usage } }))
}

function adapt({ theme, styles }: HostContext): void {
  const { dataset, style } = document.documentElement
  if (theme !== undefined) dataset['theme'] = theme
  const font = styles?.variables?.['--font-sans']
  if (font !== undefined) style.setProperty('--font', font)
}

async function start(): Promise<void> {
  const host = await connect({
    'ui/notifications/tool-result': (params) => {
      showResult(params as ToolResult)
      void widen()
    },
    'ui/notifications/tool-cancelled': () => fail('The call was cancelled.'),
    'ui/notifications/host-context-changed': (params) => adapt(params as HostContext),
  })
  adapt(host.context)

  /** What was asked for may be a week: the chart shows 30 days, where the host lets us ask. */
  async function widen(): Promise<void> {
    if (!host.mayCallTools) return
    const wide = await host
      .callTool('checkUsage', { days: 30, limit: 8, daily: true })
      .catch(() => undefined)
    if (wide?.isError !== true && wide?.structuredContent !== undefined) showResult(wide)
  }
}

void start().catch(() => fail('The chat did not answer.'))

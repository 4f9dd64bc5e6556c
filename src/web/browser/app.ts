import type { UsageOverview, VIEW_META, ViewMeta } from '../../usage/overview.ts'
import { alertBox } from '../views/alert.ts'
import { buttons, compact } from '../views/compact.ts'
import { html, type Html } from '../views/html.ts'
import { overview } from '../views/overview.ts'
import { actionsOf, buy, openPage, showIn } from './acts.ts'
import { connect, type ToolResult } from './bridge.ts'
import { applyContext } from './host-style.ts'

/** The usage view inside a chat: a few lines, and all of it on request. All its data comes from the host. */

const view = document.querySelector('#view')

/** Repeated here, because importing the value would bundle its whole module into this script. */
const META: typeof VIEW_META = 'inkwell/view'

function show(content: Html): void {
  if (view === null) return
  view.innerHTML = content.html
  view.setAttribute('aria-busy', 'false')
}

function showError(message: string): void {
  show(alertBox({ message, hint: '' }))
}

type Shown = { result: UsageOverview; meta: ViewMeta | undefined }

function shownOf({ structuredContent, _meta }: ToolResult): Shown | undefined {
  if (structuredContent === undefined) return undefined
  return {
    result: structuredContent as UsageOverview,
    meta: _meta?.[META] as ViewMeta | undefined,
  }
}

async function start(): Promise<void> {
  let shown: Shown | undefined
  let isFull = false
  const host = await connect({
    'ui/notifications/tool-result': (params) => {
      const given = params as ToolResult
      shown = given.isError === true ? undefined : shownOf(given)
      if (shown === undefined) return showError(given.content?.[0]?.text ?? NO_NUMBERS)
      render()
      void showMonth()
    },
    'ui/notifications/tool-cancelled': () => showError('The call was cancelled.'),
    'ui/notifications/host-context-changed': (params) => {
      const { context } = host
      const before = context.displayMode
      applyContext(Object.assign(context, params))
      if (context.displayMode === before) return // what a person has opened stays open
      isFull = context.displayMode === 'fullscreen'
      render()
    },
  })
  applyContext(host.context)
  isFull = host.context.displayMode === 'fullscreen'

  function render(): void {
    if (shown === undefined) return
    const { result, meta } = shown
    const can = actionsOf(host, meta)
    if (!isFull) return show(compact(result, meta, can))
    show(html`${overview(result, meta)}${buttons(can, 'Show less')}`)
  }

  /** Shows 30 days in the chart if the host allows tool calls. The original call may have asked for fewer days. */
  async function showMonth(): Promise<void> {
    if (!host.mayCallTools) return
    const month = await host.callTool('checkUsage', MONTH).catch(() => undefined)
    if (month === undefined || month.isError === true) return
    shown = shownOf(month) ?? shown
    render()
  }

  const acts: Record<string, () => Promise<void>> = {
    toggle: async () => {
      isFull = await showIn(host, isFull ? 'inline' : 'fullscreen')
      render()
    },
    page: () => openPage(host, shown?.meta?.usagePage),
    buy: () => buy(host, shown?.meta),
  }
  view?.addEventListener('click', ({ target }) => {
    const act = target instanceof Element && target.closest<HTMLElement>('[data-act]')
    if (act) void acts[act.dataset['act'] ?? '']?.()
  })
}

const NO_NUMBERS = 'The usage came without its numbers.'
const MONTH = { days: 30, limit: 8, daily: true }

void start().catch(() => showError('The chat did not answer.'))

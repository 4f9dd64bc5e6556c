import { followBars } from './bars.ts'
import { serveCopyButtons } from './copy.ts'

/** Keeps the page up to date while an agent works: it polls the page and replaces the changed regions. */

const INTERVAL_MS = 2_000
const INTERVAL_MAX_MS = 30_000

const status = document.querySelector<HTMLElement>('#live')
const pause = document.querySelector<HTMLElement>('#pause')
let etag = ''
let intervalMs = INTERVAL_MS
let timer: ReturnType<typeof setTimeout> | undefined
let isPaused = false

/**
 * Replaces a region that has changed. Open details stay open, and the focus stays on the same element. Returns false
 * for a region that a person selects text in: it stays as it is.
 */
function replaceRegion(fresh: Element): boolean {
  const stale = document.getElementById(fresh.id)
  if (stale === null) return true
  const token = stale.querySelector<HTMLInputElement>('input[name=csrf]')?.value
  for (const field of fresh.querySelectorAll('input[name=csrf]'))
    if (token !== undefined) field.setAttribute('value', token) // another text of the same token is no change
  for (const details of stale.querySelectorAll('details[open]'))
    fresh.querySelector(`#${CSS.escape(details.id)}`)?.setAttribute('open', '')
  if (stale.isEqualNode(fresh)) return true
  if (hasSelection(stale)) return false
  const focused = stale.contains(document.activeElement) ? document.activeElement?.id : undefined
  stale.replaceWith(document.adoptNode(fresh))
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true })
  return true
}

function hasSelection(region: Element): boolean {
  const selection = document.getSelection()
  return selection !== null && !selection.isCollapsed && selection.containsNode(region, true)
}

async function update(): Promise<void> {
  const response = await fetch(location.href, {
    headers: etag === '' ? {} : { 'if-none-match': etag },
    cache: 'no-store',
  })
  if (response.status === 304) return
  if (response.status >= 500) throw new Error(`The server answered ${response.status}.`)
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html')
  if (fresh.querySelector('#live') === null) return location.reload() // signed out
  const regions = [...fresh.querySelectorAll('[data-live]')]
  const isWhole = regions.map(replaceRegion).every(Boolean)
  etag = isWhole ? (response.headers.get('etag') ?? '') : ''
}

const STATUS = {
  on: 'Live',
  off: 'Not up to date: the server does not answer',
  paused: 'Paused',
} as const

function showStatus(state: keyof typeof STATUS): void {
  if (status === null || status.dataset['state'] === state) return
  status.dataset['state'] = state
  status.hidden = false
  status.textContent = STATUS[state]
}

async function updateAndSchedule(): Promise<void> {
  try {
    await update()
    if (isPaused) return
    intervalMs = INTERVAL_MS
    showStatus('on')
  } catch {
    if (isPaused) return
    intervalMs = Math.min(intervalMs * 2, INTERVAL_MAX_MS)
    showStatus('off')
  }
  schedule(intervalMs)
}

/** Schedules the next update. A hidden page sends no requests. */
function schedule(inMs: number): void {
  clearTimeout(timer)
  if (!document.hidden && !isPaused) timer = setTimeout(() => void updateAndSchedule(), inMs)
}

function togglePause(): void {
  isPaused = !isPaused
  if (pause !== null) pause.textContent = isPaused ? 'Resume' : 'Pause'
  if (isPaused) showStatus('paused')
  schedule(0)
}

followBars()
if (status !== null) {
  if (pause !== null) pause.hidden = false
  pause?.addEventListener('click', togglePause)
  document.addEventListener('visibilitychange', () => schedule(0))
  schedule(INTERVAL_MS)
}
serveCopyButtons()

import { serveCopyButtons } from './copy.ts'

/** Keeps the page up to date while an agent works: it polls the page and replaces the changed regions. */

const INTERVAL_MS = 2_000
const INTERVAL_MAX_MS = 30_000

const status = document.querySelector<HTMLElement>('#live')
let etag = ''
let intervalMs = INTERVAL_MS
let timer: ReturnType<typeof setTimeout> | undefined

/** Replaces a region that has changed. Open details stay open, and the focus stays on the same element. */
function replaceRegion(fresh: Element): void {
  const stale = document.getElementById(fresh.id)
  if (stale === null) return
  for (const details of stale.querySelectorAll('details[open]'))
    fresh.querySelector(`#${CSS.escape(details.id)}`)?.setAttribute('open', '')
  if (stale.isEqualNode(fresh)) return
  const focused = stale.contains(document.activeElement) ? document.activeElement?.id : undefined
  stale.replaceWith(document.adoptNode(fresh))
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true })
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
  etag = response.headers.get('etag') ?? ''
  for (const region of fresh.querySelectorAll('[data-live]')) replaceRegion(region)
}

function showStatus(state: 'on' | 'off'): void {
  if (status === null || status.dataset['state'] === state) return
  status.dataset['state'] = state
  status.hidden = false
  status.textContent = state === 'on' ? 'Live' : 'Not up to date: the server does not answer'
}

async function updateAndSchedule(): Promise<void> {
  try {
    await update()
    intervalMs = INTERVAL_MS
    showStatus('on')
  } catch {
    intervalMs = Math.min(intervalMs * 2, INTERVAL_MAX_MS)
    showStatus('off')
  }
  schedule(intervalMs)
}

/** Schedules the next update. A hidden page sends no requests. */
function schedule(inMs: number): void {
  clearTimeout(timer)
  if (!document.hidden) timer = setTimeout(() => void updateAndSchedule(), inMs)
}

if (status !== null) {
  document.addEventListener('visibilitychange', () => schedule(0))
  schedule(INTERVAL_MS)
}
serveCopyButtons()

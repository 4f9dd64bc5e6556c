/** Keeps the page true while an agent works: asks for it again, and puts in place what has changed. */

const EVERY_MS = 2_000
const SLOWEST_MS = 30_000

const live = document.querySelector<HTMLElement>('#live')
let etag = ''
let pauseMs = EVERY_MS
let timer: ReturnType<typeof setTimeout> | undefined

/** Puts a region of the fresh page in place, unless it is the same. Whoever stands in it with the keyboard stays there. */
function place(fresh: Element): void {
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
  const answer = await fetch(location.href, {
    headers: etag === '' ? {} : { 'if-none-match': etag },
    cache: 'no-store',
  })
  if (answer.status === 304) return
  if (!answer.ok) throw new Error(`answered ${answer.status}`)
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html')
  if (fresh.querySelector('#live') === null) return location.reload() // signed out
  etag = answer.headers.get('etag') ?? ''
  for (const region of fresh.querySelectorAll('[data-live]')) place(region)
}

function tell(state: 'on' | 'off'): void {
  if (live === null || live.dataset['state'] === state) return
  live.dataset['state'] = state
  live.hidden = false
  live.textContent = state === 'on' ? 'Live' : 'Not up to date: the server does not answer'
}

async function round(): Promise<void> {
  try {
    await update()
    pauseMs = EVERY_MS
    tell('on')
  } catch {
    pauseMs = Math.min(pauseMs * 2, SLOWEST_MS)
    tell('off')
  }
  schedule(pauseMs)
}

/** Nothing is asked while nobody looks. */
function schedule(inMs: number): void {
  clearTimeout(timer)
  if (!document.hidden) timer = setTimeout(() => void round(), inMs)
}

if (live !== null) {
  document.addEventListener('visibilitychange', () => schedule(0))
  schedule(EVERY_MS)
}

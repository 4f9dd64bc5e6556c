/** The bars of the chart are one stop of the keyboard: arrows move between them. A tap shows the tip first. */

const BARS = '#bars a'
/** Hides the tips until another bar is reached, or this one again. */
const HIDDEN = 'tips-hidden'

/** Lets a person walk along the bars, tap them, and hide the tip with Escape. The bars may be replaced at any time. */
export function followBars(): void {
  let dismissed: Element | null = null
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      dismissed = document.querySelector('#bars li:hover, #bars li:focus-within')
      document.querySelector('#bars')?.classList.add(HIDDEN)
    }
    const here = barOf(event.target)
    if (here === null || event.ctrlKey || event.metaKey || event.altKey) return
    const bars = [...document.querySelectorAll<HTMLElement>(BARS)]
    const place = placeAfter(event.key, bars.indexOf(here), bars.length)
    const next = place === null ? undefined : bars[place]
    if (next === undefined) return
    event.preventDefault()
    for (const bar of bars) bar.tabIndex = bar === next ? 0 : -1
    next.focus()
  })
  for (const type of ['pointerover', 'focusin'])
    document.addEventListener(type, ({ target }) => {
      const reached = target instanceof Element ? target.closest('#bars li') : null
      if (reached !== null && reached !== dismissed)
        document.querySelector('#bars')?.classList.remove(HIDDEN)
      dismissed = reached === dismissed ? dismissed : null
    })
  let tapped: Element | null = null
  document.addEventListener('click', (event) => {
    const bar = barOf(event.target)
    const isTouch = event instanceof PointerEvent && event.pointerType === 'touch'
    if (bar !== null && isTouch && bar !== tapped) event.preventDefault()
    tapped = bar
  })
}

function barOf(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>(BARS) : null
}

/** Returns the place that a key leads to; null for a key that leads nowhere. */
function placeAfter(key: string, place: number, count: number): number | null {
  switch (key) {
    case 'ArrowLeft':
      return Math.max(0, place - 1)
    case 'ArrowRight':
      return Math.min(count - 1, place + 1)
    case 'Home':
      return 0
    case 'End':
      return count - 1
    default:
      return null
  }
}

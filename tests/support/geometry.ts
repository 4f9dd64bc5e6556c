/** A page, or the root of a frame. */
type Shown = { evaluate(script: string): Promise<unknown> }

/**
 * What a person would see to be wrong with the layout of a document as it is shown now, a sentence each:
 * boxes that lie on each other, text that leaves its box or lies on other text, and what is wider than the window.
 */
export async function layoutFaults(shown: Shown): Promise<string[]> {
  return (await shown.evaluate(LOOK)) as string[]
}

/** Targets that are smaller than 24 by 24 pixels, except those in a sentence (WCAG 2.5.8). */
export async function smallTargets(shown: Shown): Promise<string[]> {
  return (await shown.evaluate(SMALL)) as string[]
}

const SMALL = `[...document.querySelectorAll('a, button, input, select, summary')]
  .filter((target) => target.checkVisibility({ checkVisibilityCSS: true }) && !target.matches('.skip, [type=hidden]'))
  .map((target) => [target, target.getBoundingClientRect()])
  .filter(([target, { width, height }]) => width > 0 && Math.min(width, height) < 23.5 && !target.matches('p:not(.links) a, .stack-link'))
  .map(([target, { width, height }]) => (target.id || target.textContent.trim()) + ': ' + Math.round(width) + ' x ' + Math.round(height))`

/** Rounding and antialiasing are no faults: what differs by less than this many pixels. */
const SLACK = 1

/** Runs in the browser; the compiler of the tests does not know its names. */
const LOOK = `(() => {
  const BOXES = '.card, .panel, .alert, .empty, h1'
  const faults = []
  const edges = ({ left, top, right, bottom }) => ({ left, top, right, bottom })
  const cut = (one, other) => ({
    left: Math.max(one.left, other.left), right: Math.min(one.right, other.right),
    top: Math.max(one.top, other.top), bottom: Math.min(one.bottom, other.bottom),
  })
  const isThere = ({ left, top, right, bottom }) => right - left > ${SLACK} && bottom - top > ${SLACK}
  const named = (box) => (box.id && '#' + box.id) || box.querySelector('h2')?.textContent || box.textContent.trim().slice(0, 30)
  const hides = (box) => getComputedStyle(box).overflowX !== 'visible'

  /** The text of the document, piece by piece: where it is, without what its ancestors hide. */
  const texts = []
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const owner = node.parentElement
    const isText = owner.closest('script, style, svg, .skip, .tip') === null && node.data.trim() !== ''
    if (!isText || !owner.checkVisibility({ checkVisibilityCSS: true })) continue
    const range = document.createRange()
    range.selectNodeContents(node)
    for (const line of range.getClientRects()) {
      let seen = edges(line)
      for (let box = owner; box; box = box.parentElement)
        if (box !== document.body && box !== document.documentElement && hides(box)) seen = cut(seen, box.getBoundingClientRect())
      if (isThere(seen)) texts.push({ seen, owner, says: node.data.trim().slice(0, 30) })
    }
  }

  if (texts.length === 0) faults.push('no text is shown')

  const width = document.documentElement.clientWidth
  if (document.documentElement.scrollWidth > width)
    faults.push('the document is ' + document.documentElement.scrollWidth + ' px wide in a window of ' + width)
  for (const box of document.querySelectorAll('body *'))
    if (box.clientWidth > 0 && !hides(box) && box.scrollWidth > box.clientWidth + ${SLACK} && getComputedStyle(box).display !== 'inline')
      faults.push(named(box) + ' holds more than its width')

  const boxes = [...document.querySelectorAll(BOXES)].filter((box) => box.checkVisibility())
  for (const [at, one] of boxes.entries())
    for (const other of boxes.slice(at + 1))
      if (!one.contains(other) && isThere(cut(one.getBoundingClientRect(), other.getBoundingClientRect())))
        faults.push(named(one) + ' and ' + named(other) + ' lie on each other')

  for (const { seen, owner, says } of texts) {
    const box = owner.closest('td, th, .card, .panel, .alert, .empty') ?? document.body
    const { left, top, right, bottom } = box.getBoundingClientRect()
    const inside = seen.left >= left - ${SLACK} && seen.right <= right + ${SLACK} && seen.top >= top - ${SLACK} && seen.bottom <= bottom + ${SLACK}
    if (!inside) faults.push('"' + says + '" leaves ' + named(box))
  }
  for (const [at, one] of texts.entries())
    for (const other of texts.slice(at + 1))
      if (one.owner !== other.owner && isThere(cut(one.seen, other.seen)))
        faults.push('"' + one.says + '" and "' + other.says + '" lie on each other')
  return faults
})()`

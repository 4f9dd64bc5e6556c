const SHOWN_MS = 2_000

/** Shows the copy buttons and makes each copy the text of the element that it names. Live updates may replace them. */
export function serveCopyButtons(): void {
  showButtons()
  new MutationObserver(showButtons).observe(document.body, { childList: true, subtree: true })
  document.addEventListener('click', ({ target }) => {
    const button = target instanceof Element ? target.closest<HTMLElement>('[data-copy]') : null
    if (button !== null) void copy(button)
  })
}

function showButtons(): void {
  for (const button of document.querySelectorAll<HTMLElement>('[data-copy][hidden]'))
    button.hidden = false
}

async function copy(button: HTMLElement): Promise<void> {
  const source = document.getElementById(button.dataset['copy'] ?? '')
  if (source === null) return
  const label = button.textContent
  const done = await copied(source)
  const status = document.querySelector('#copied')
  if (status !== null) status.textContent = done ? 'Copied' : 'Selected: copy it with the keyboard'
  button.textContent = done ? 'Copied' : 'Selected'
  setTimeout(() => {
    button.textContent = label
    if (status !== null) status.textContent = ''
  }, SHOWN_MS)
}

/** Copies the text of an element. Selects it where the browser has no clipboard: pages over http have none. */
async function copied(source: Element): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(source.textContent ?? '')
    return true
  } catch {
    document.getSelection()?.selectAllChildren(source)
    return document.execCommand('copy')
  }
}

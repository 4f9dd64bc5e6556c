import { html, type Html } from './html.ts'

type Panel = {
  id: string
  title: Html | string
  /** Shown beside the title. */
  aside?: Html
  /** Whether the script replaces the whole panel when it has changed. */
  isLive?: boolean
}

/** Renders a box with a title. It can be the target of a link and then gets the focus. */
export function panel({ id, title, aside, isLive = true }: Panel, body: Html): Html {
  return html`<section
    class="panel"
    id="${id}"
    tabindex="-1"
    ${isLive && html`data-live`}
    aria-labelledby="${id}-title"
  >
    <header class="panel-head">
      <h2 id="${id}-title">${title}</h2>
      ${aside ?? null}
    </header>
    ${body}
  </section>`
}

import type { LatestOutput } from '../../usage/latest.ts'
import { html, type Html } from './html.ts'
import { panel } from './panel.ts'

/** Renders the newest files as links. Each shows a picture, or its type if it has no picture. */
export function recentFiles(latest: readonly LatestOutput[]): Html {
  return panel(
    { id: 'outputs', title: 'Recent files' },
    latest.length === 0
      ? html`<p class="empty">The images and other files that your agents make appear here.</p>`
      : html`<ul class="outputs">
          ${latest.map(item)}
        </ul>`,
  )
}

function item({ id, generationId, model, about, words, extension, isPicture }: LatestOutput): Html {
  return html`<li>
    <a id="output-${id}" href="/g/${generationId}">
      ${
        isPicture
          ? html`<img
              src="/page/thumbnails/${id}"
              alt=""
              loading="lazy"
              width="160"
              height="160"
            />`
          : html`<span class="tile" aria-hidden="true">${extension.toUpperCase()}</span>`
      }
      <span class="caption"><bdi>${about ?? model}</bdi></span>
      <span class="note">${words}</span>
    </a>
  </li>`
}

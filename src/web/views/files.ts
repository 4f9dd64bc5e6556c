import type { LatestOutput } from '../../usage/latest.ts'
import { html, type Html } from './html.ts'
import { panel } from './panel.ts'

/**
 * Renders the newest files as links. Each shows a picture, or its type if it has no picture. Null if the visitor may
 * not see them.
 */
export function recentFiles(latest: readonly LatestOutput[] | null): Html {
  return panel({ id: 'outputs', title: 'Recent files' }, list(latest))
}

function list(latest: readonly LatestOutput[] | null): Html {
  if (latest === null)
    return html`<p class="empty">
      The key that signed in may not see files. Sign in with one that has the permission
      assets:read.
    </p>`
  return latest.length === 0
    ? html`<p class="empty">The images and other files that your agents make appear here.</p>`
    : html`<ul class="outputs">
        ${latest.map(item)}
      </ul>`
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

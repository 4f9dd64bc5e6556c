import type { LatestOutput } from '../../usage/latest.ts'
import { html, type Html } from './html.ts'

/** The newest files with their types and sizes, each a link to its file: a picture is shown, any other is named. */
export function outputs(latest: readonly LatestOutput[]): Html {
  return html`<section class="panel" id="outputs" data-live aria-labelledby="outputs-title">
    <header class="panel-head"><h2 id="outputs-title">Recent files</h2></header>
    ${
      latest.length === 0
        ? html`<p class="empty">The images and other files that your agents make appear here.</p>`
        : html`<ul class="outputs">
            ${latest.map(output)}
          </ul>`
    }
  </section>`
}

function output({ id, model, about, words, extension, isPicture }: LatestOutput): Html {
  return html`<li>
    <a id="output-${id}" href="/page/files/${id}" target="_blank" rel="noopener">
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

import type { LatestImage } from '../../usage/latest.ts'
import { html, type Html } from './html.ts'

/** Thumbnails of the newest images, each a link to its file. */
export function images(latest: readonly LatestImage[]): Html {
  return html`<section class="panel" id="images" data-live aria-labelledby="images-title">
    <header class="panel-head"><h2 id="images-title">Recent images</h2></header>
    ${
      latest.length === 0
        ? html`<p class="empty">The images that your agents make appear here.</p>`
        : html`<ul class="images">
            ${latest.map(thumbnail)}
          </ul>`
    }
  </section>`
}

function thumbnail({ id, model, about }: LatestImage): Html {
  return html`<li>
    <a id="image-${id}" href="/page/files/${id}" target="_blank" rel="noopener">
      <img src="/page/thumbnails/${id}" alt="" loading="lazy" width="160" height="160" />
      <span class="caption"><bdi>${about ?? model}</bdi></span>
    </a>
  </li>`
}

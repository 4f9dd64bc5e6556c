import { modelName, timeOf } from './format.ts'
import { html, type Html } from './html.ts'

/** A generation that a search found. `at` is Unix time in milliseconds. `prompt` is text from outside. */
export type Found = {
  id: string
  at: number
  model: string
  prompt: string | null
  /** The id of its first picture; null if it has none, or if the visitor may not see files. */
  thumbnail: string | null
}

/** Renders the form that searches results by words of their prompts, or by an id. */
export function searchForm(words = ''): Html {
  return searchBox(words, {
    action: '/search',
    maxLength: 200,
    placeholder: 'Words of a prompt, or an id',
    label: 'Search by prompt or id',
  })
}

type SearchBox = { action: string; maxLength: number; placeholder: string; label: string }

/** Renders a form with one field for words, and what was searched for in it. */
export function searchBox(
  words: string,
  { action, maxLength, placeholder, label }: SearchBox,
): Html {
  return html`<form class="search" method="get" action="${action}" role="search">
    <input
      type="search"
      name="q"
      value="${words}"
      maxlength="${maxLength}"
      placeholder="${placeholder}"
      aria-label="${label}"
    />
    <button class="quiet" type="submit">Search</button>
  </form>`
}

/** Renders what was found, best match first. */
export function searchResults(words: string, found: readonly Found[]): Html {
  if (words === '') return html`<h1>Search</h1>`
  const title = html`<h1>Results for “<bdi>${words}</bdi>”</h1>`
  if (found.length === 0)
    return html`${title}
      <p class="empty">Nothing of the last 366 days has these words or this id.</p>`
  return html`${title}
    <ul class="found">
      ${found.map(item)}
    </ul>`
}

function item({ id, at, model, prompt, thumbnail }: Found): Html {
  return html`<li>
    <a class="panel" href="/g/${id}">
      ${thumb(thumbnail)}
      <span>
        <span class="found-prompt"><bdi>${prompt ?? id}</bdi></span>
        <span class="note">${timeOf(at)} · <bdi>${modelName(model)}</bdi></span>
      </span>
    </a>
  </li>`
}

/** Renders the small picture of a row, or an empty box of its size. */
export function thumb(assetId: string | null): Html {
  return assetId === null
    ? html`<span class="thumb" aria-hidden="true"></span>`
    : html`<img
        class="thumb"
        src="/page/thumbnails/${assetId}"
        alt=""
        loading="lazy"
        width="40"
        height="40"
      />`
}

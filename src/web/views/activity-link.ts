import type { Activity } from '../../usage/activity.ts'
import { html, type Html } from './html.ts'
import { thumb } from './search.ts'

/** Renders the picture of a row and the name of its tool as a link to the page of its generation. */
export function generationLink(
  { generationId, thumbnail }: Activity['rows'][number],
  tool: Html,
): Html {
  if (generationId === null) return tool
  return html`${thumb(thumbnail)} <a class="to-page" href="/g/${generationId}">${tool}</a>`
}

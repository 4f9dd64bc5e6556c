import type { Question } from '../../usage/question.ts'
import { queryOf } from './address.ts'
import { html, type Html } from './html.ts'

/** Renders the form that leads to the rows of a day, within the question of the page. */
export function jumpForm(question: Question, fragment = 'activity'): Html {
  const { range, place } = question
  const asked = [...new URLSearchParams(queryOf(question))]
  return html`<form class="jump" method="get" action="/#${fragment}">
    ${asked.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
    <input
      type="date"
      name="day"
      aria-label="Rows of this day and before"
      value="${place.day ?? ''}"
      min="${range.from}"
      max="${range.to}"
      required
    />
    <button class="quiet" type="submit">Go to day</button>
  </form>`
}

import { MODALITIES, OPERATIONS } from '../../pricing/catalog.ts'
import type { Choice, UsagePage } from '../../usage/page.ts'
import { DIVISIONS, isNarrowed, KINDS, PAGE_SIZES, type Kind } from '../../usage/question.ts'
import { addressOf } from './address.ts'
import { modelName } from './format.ts'
import { html, type Html } from './html.ts'

/** Names of the kinds of rows. */
export const KIND_NAMES: Readonly<Record<Kind, string>> = {
  charges: 'Charges',
  refunds: 'Refunds',
  'top-ups': 'Top-ups',
  failed: 'Refused and failed',
}

/** Renders the form that filters the page (a plain GET). It is open while a filter is set. */
export function filterForm({ question, models, keys, sessions }: UsagePage): Html {
  const { range, period, filter, by, size } = question
  const dates = period === undefined ? range : { from: '', to: '' }
  const key = filter.keyId === '' ? 'none' : filter.keyId
  const same = (values: readonly string[]): Choice[] =>
    values.map((value) => ({ id: value, label: capitalized(value) }))
  return html`<details
    class="filter"
    id="filter"
    ${(isNarrowed(filter) || period === undefined) && html`open`}
  >
    <summary id="filter-summary">Filter</summary>
    <form class="filters" method="get" action="/" aria-label="Filter the page">
      ${period !== undefined && hidden('range', period)} ${by !== DIVISIONS[0] && hidden('by', by)}
      ${size !== PAGE_SIZES[0] && hidden('size', String(size))}
      ${day('from', 'From', dates.from)}${day('to', 'To', dates.to)}
      ${choice(
        { name: 'model', label: 'Model', chosen: filter.model },
        models.map(({ id }) => ({ id, label: modelName(id) })),
      )}
      ${choice(
        { name: 'operation', label: 'Tool', chosen: filter.operation },
        OPERATIONS.map((id) => ({ id, label: id })),
      )}
      ${choice({ name: 'modality', label: 'Type', chosen: filter.modality }, same(MODALITIES))}
      ${choice({ name: 'key', label: 'Key', chosen: key }, [
        { id: 'none', label: 'Without a key' },
        ...keys,
      ])}
      ${choice({ name: 'session', label: 'Session', chosen: filter.sessionId }, sessions)}
      ${choice(
        { name: 'kind', label: 'Kind', chosen: filter.kind },
        KINDS.map((id) => ({ id, label: KIND_NAMES[id] })),
      )}
      <div class="filter-buttons">
        <button type="submit">Apply</button>
        <a
          class="button quiet"
          href="${addressOf({ ...question, filter: {} }, { days: period ?? '30d' })}"
          >Clear</a
        >
      </div>
    </form>
  </details>`
}

function hidden(name: string, value: string): Html {
  return html`<input type="hidden" name="${name}" value="${value}" />`
}

function day(name: string, label: string, value: string): Html {
  return html`<label>${label}<input type="date" name="${name}" value="${value}" /></label>`
}

function choice(
  { name, label, chosen }: { name: string; label: string; chosen: string | undefined },
  options: readonly Choice[],
): Html {
  const known = chosen === undefined || options.some(({ id }) => id === chosen)
  const all = known ? options : [...options, { id: chosen, label: chosen }]
  return html`<label
    >${label}<select name="${name}">
      <option value="">All</option>
      ${all.map(
        (option) =>
          html`<option value="${option.id}" ${option.id === chosen && html`selected`}>
            ${option.label}
          </option>`,
      )}
    </select></label
  >`
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}

import { MODALITIES, OPERATIONS } from '../../pricing/catalog.ts'
import type { UsagePage } from '../../usage/page.ts'
import { html, type Html } from './html.ts'

type Option = { value: string; label: string }

/** Renders the form that filters the activity (a plain GET). It is open while a filter is set. */
export function filters({ range, filter, keys, sessions }: UsagePage): Html {
  const isFiltered = Object.values(filter).some((value) => value !== undefined)
  const ofKeys = [
    { value: 'none', label: 'Without a key' },
    ...keys.map(({ id, label }) => ({ value: id, label })),
  ]
  const ofSessions = sessions.map(({ id, label }) => ({ value: id, label }))
  const key = filter.keyId === '' ? 'none' : filter.keyId
  return html`<details class="filter" ${isFiltered && html`open`}>
    <summary>Filter</summary>
    <form class="filters" method="get" action="/#activity" aria-label="Filter the activity">
      ${day('from', 'From', range.from)}${day('to', 'To', range.to)}
      ${choice(
        { name: 'operation', label: 'Tool', chosen: filter.operation },
        OPERATIONS.map((value) => ({ value, label: value })),
      )}
      ${choice(
        { name: 'modality', label: 'Type', chosen: filter.modality },
        MODALITIES.map((value) => ({ value, label: capitalized(value) })),
      )}
      ${choice({ name: 'key', label: 'Key', chosen: key }, ofKeys)}
      ${choice({ name: 'session', label: 'Session', chosen: filter.sessionId }, ofSessions)}
      <div class="filter-buttons">
        <button type="submit">Apply</button>
        <a class="button quiet" href="/#activity">Clear</a>
      </div>
    </form>
  </details>`
}

function day(name: string, label: string, value: string): Html {
  return html`<label>${label}<input type="date" name="${name}" value="${value}" required /></label>`
}

function choice(
  { name, label, chosen }: { name: string; label: string; chosen: string | undefined },
  options: readonly Option[],
): Html {
  const known = chosen === undefined || options.some(({ value }) => value === chosen)
  const all = known ? options : [...options, { value: chosen, label: chosen }]
  return html`<label
    >${label}<select name="${name}">
      <option value="">All</option>
      ${all.map(
        (option) =>
          html`<option value="${option.value}" ${option.value === chosen && html`selected`}>
            ${option.label}
          </option>`,
      )}
    </select></label
  >`
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}

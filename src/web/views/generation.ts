import { dayOf } from '../../ledger/rules.ts'
import { display } from '../../money.ts'
import type {
  GenerationPage,
  PriceStep,
  ShownFile,
  ShownInput,
} from '../../usage/generation-page.ts'
import { modelName, secondOf } from './format.ts'
import { html, type Html } from './html.ts'
import { panel } from './panel.ts'
import { thumb } from './search.ts'
import { table } from './table.ts'

/** What a page of a generation shows, and what its visitor may see. */
export type ShownPage = {
  page: GenerationPage
  /** The address of this page. */
  link: string
  maySeeFiles: boolean
}

/** Renders everything about one generation. Its values can be selected; with the script, buttons copy them. */
export function generationView({ page, link, maySeeFiles }: ShownPage): Html {
  const { generation, inputs } = page
  const { id, prompt, status, operation } = generation
  return html`<h1>${operation} <span class="badge ${status}">${statusOf(page)}</span></h1>
    <div class="columns generation">
      <div class="column">
        ${files(page, maySeeFiles)} ${prompt !== null && promptPanel(prompt)}
        ${inputs.length > 0 && inputsPanel(inputs, maySeeFiles)}
      </div>
      <div class="column">
        ${panel({ id: 'details', title: 'Details' }, details(page))} ${pricePanel(page)}
        ${panel(
          { id: 'links', title: 'Id and link', isLive: false },
          html`${copyable('id', 'Copy id', id)} ${copyable('link', 'Copy link', link)}`,
        )}
      </div>
    </div>
    <p class="unseen" id="copied" role="status"></p>`
}

function statusOf({ generation, steps }: GenerationPage): string {
  if (steps.some(({ what }) => what === 'refunded')) return 'refunded'
  return generation.status
}

function files({ generation, files: made, about }: GenerationPage, maySee: boolean): Html {
  const body =
    generation.status === 'running'
      ? html`<p class="empty">It is still running. The result appears here.</p>`
      : made.length === 0
        ? html`<p class="empty">It has no files. ${failureOf(generation.failure)}</p>`
        : maySee
          ? made.map((file) => player(file, about))
          : html`<p class="empty">The key that signed in may not see files (assets:read).</p>`
  return panel({ id: 'files', title: made.length > 1 ? 'Results' : 'Result' }, html`${body}`)
}

function failureOf(failure: GenerationPage['generation']['failure']): Html {
  return failure === null
    ? html``
    : html`<strong>${failure.message}</strong> ${failure.hint} (${failure.code})`
}

function player(file: ShownFile, about: string): Html {
  const { id, shows, mimeType, words, extension, removedAt, expiresAt } = file
  if (removedAt !== null)
    return html`<p class="empty">
      Its file expired and was removed on ${dayOf(removedAt)}. ${words}<br /><code>${id}</code>
    </p>`
  const until = expiresAt === null ? '' : `, kept until ${dayOf(expiresAt)}`
  const address = `/page/files/${id}`
  // Browsers do not show TIFF.
  const picture = mimeType === 'image/tiff' ? `/page/thumbnails/${id}` : address
  const shown = {
    picture: html`<a href="${address}"><img class="result" src="${picture}" alt="${about}" /></a>`,
    video: html`<video class="result" src="${address}" controls preload="metadata"></video>`,
    sound: html`<audio class="result" src="${address}" controls preload="metadata"></audio>`,
    nothing: html`<span class="tile" aria-hidden="true">${extension.toUpperCase()}</span>`,
  }[shows]
  return html`<figure class="made">
    ${shown}
    <figcaption>
      <span class="note">${words}${until}<br /><code>${id}</code></span>
      <a class="button" href="${address}" download>Download</a>
    </figcaption>
  </figure>`
}

function promptPanel(prompt: string): Html {
  return panel(
    { id: 'prompt', title: 'Prompt', aside: copyButton('prompt-text', 'Copy prompt') },
    html`<p class="prompt" id="prompt-text"><bdi>${prompt}</bdi></p>`,
  )
}

function inputsPanel(inputs: readonly ShownInput[], maySee: boolean): Html {
  return panel(
    { id: 'inputs', title: 'Made from' },
    html`<ul class="found">
      ${inputs.map(({ label, assetId, generationId }) => {
        const content = html`${thumb(maySee ? assetId : null)}
          <span class="found-prompt"><bdi>${label}</bdi></span>`
        return html`<li>
          ${
            generationId === null
              ? html`<span class="row">${content}</span>`
              : html`<a class="row" href="/g/${generationId}">${content}</a>`
          }
        </li>`
      })}
    </ul>`,
  )
}

function details({ generation, seed, size, files: made, session, key }: GenerationPage): Html {
  const { model, provider, createdAt, billing, remarks, priceSource } = generation
  const { notes, adjusted, dropped, honoured = [], notHonoured = [] } = remarks
  const facts: [string, Html | string | number | null][] = [
    ['Began', secondOf(createdAt)],
    ['Model', html`<bdi>${modelName(model)}</bdi>`],
    ['Made by', provider === 'local' ? 'this server' : provider],
    ['Size', size === null ? null : `${size.width} × ${size.height}`],
    ['Seed', seed],
    ['Outputs', made.length > 1 ? made.length : null],
    ['Price from', PRICE_SOURCES[priceSource] ?? priceSource],
    ['Paid with', billing === 'own_key' ? 'an own fal.ai key: no credits' : 'credits'],
    [
      'Session',
      html`<bdi>${session.name}</bdi> <a href="/?session=${session.id}#activity">its activity</a>`,
    ],
    [
      'Key',
      key === null
        ? 'none: this machine'
        : html`<bdi>${key.label}</bdi> <a href="/?key=${key.id}#activity">its activity</a>`,
    ],
    ['Followed', honoured.join(', ') || null],
    ['Not followed', notHonoured.join(', ') || null],
    ['Notes', [...notes, ...adjusted, ...dropped].join(' ') || null],
  ]
  return html`<dl class="facts">
    ${facts.map(
      ([name, value]) =>
        value !== null &&
        html`<dt>${name}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`
}

const PRICE_SOURCES: Readonly<Record<string, string>> = {
  catalog: 'the price list',
  parent: 'the price list, by the model above it',
  default: 'the price of models that are not listed',
  upstream: 'fal.ai',
  operator: 'the operator of this server',
}

function pricePanel({ generation, steps }: GenerationPage): Html {
  const { cost, status } = generation
  const title = status === 'running' ? 'Price: not charged yet' : `Price: ${display(cost)}`
  return panel(
    { id: 'price', title },
    table(
      [
        { label: html`Time <small>UTC</small>` },
        { label: 'Entry' },
        { label: 'Amount', kind: 'number' },
      ],
      steps.map((step) => stepRow(step, generation.held > 0)),
    ),
  )
}

const STEPS: Readonly<Record<PriceStep['what'], string>> = {
  held: 'Held before the work began',
  charged: 'Charged; the hold ended',
  released: 'Hold given back: nothing was charged',
  expired: 'Hold given back: the work was lost',
  refunded: 'Refunded',
}

function stepRow({ what, at, amount, entryId }: PriceStep, isRunning: boolean): Html {
  const sign = what === 'charged' ? '-' : what === 'refunded' ? '+' : ''
  return html`<tr>
    <td class="date"><time datetime="${new Date(at).toISOString()}">${secondOf(at)}</time></td>
    <td>
      ${STEPS[what]}${what === 'held' && isRunning && ' (still held)'}
      ${entryId !== null && html`<span class="note entry"><code>${entryId}</code></span>`}
    </td>
    <td class="number">${sign}${display(amount)}</td>
  </tr>`
}

function copyable(name: string, label: string, value: string): Html {
  return html`<p class="copyable">
    <code id="copy-${name}">${value}</code> ${copyButton(`copy-${name}`, label)}
  </p>`
}

/** A button that only the script can use; it shows the button. */
function copyButton(target: string, label: string): Html {
  return html`<button class="quiet" type="button" data-copy="${target}" hidden>${label}</button>`
}

import { csrfField } from './csrf.ts'
import { ownDelivery, type ListedAlert } from '../../alerts/outbox.ts'
import { wordsOf } from '../../alerts/words.ts'
import { timeOf } from './format.ts'
import { html, type Html } from './html.ts'
import { panel } from './panel.ts'

/** Renders the newest alerts of an account on its usage page. */
export function alertsPanel(alerts: readonly ListedAlert[]): Html {
  const aside = html`<p class="links">
    <a id="all-alerts" href="/alerts">All, and your webhook</a>
  </p>`
  return panel({ id: 'alerts', title: 'Alerts', aside }, list(alerts, null))
}

/** The alerts of an account, and its webhook, as the page of alerts shows them. */
export type AlertsView = {
  alerts: readonly ListedAlert[]
  /** The id from which older ones go on; null if there are none. */
  older: string | null
  /** Where they are sent, without what is secret in the address; null for nowhere. */
  webhook: { host: string; since: number } | null
  /** The secret of a webhook that was just set. It is shown this once. */
  secret: string | null
  /** Why the address was refused. */
  problem: { message: string; hint: string } | null
  mayChange: boolean
}

/** Renders the page of alerts below its title. */
export function alertsPage(view: AlertsView, csrf: string): Html {
  const { alerts, older, webhook, mayChange } = view
  return html`${secretBox(view)}
  ${panel({ id: 'alerts', title: 'Latest alerts' }, list(alerts, mayChange && webhook !== null ? csrf : null))}
  ${older !== null && html`<p class="links"><a id="older" rel="next" href="/alerts?before=${older}">Older</a></p>`}
  ${panel({ id: 'webhook', title: 'Webhook', isLive: false }, webhookForms(view, csrf))}`
}

/** Renders alerts. With a token each can be sent again. */
function list(alerts: readonly ListedAlert[], csrf: string | null): Html {
  if (alerts.length === 0)
    return html`<p class="empty">
      None yet. You are told when 50, 80 or 100% of a budget is used, and when the balance gets low.
    </p>`
  return html`<ul class="items">
    ${alerts.map((alert) => item(alert, csrf))}
  </ul>`
}

const STATES = { waiting: 'not sent yet', delivered: 'sent', failed: 'not sent' } as const

function item(alert: ListedAlert, csrf: string | null): Html {
  const { id, at } = alert
  const sent = ownDelivery(alert)
  const words = wordsOf(alert)
  return html`<li>
    <p>${words}</p>
    <p class="note">
      <time datetime="${new Date(at).toISOString()}">${timeOf(at)}</time>${
        sent !== null &&
        html`, ${STATES[sent.state]}${sent.answer !== null && html`: <bdi>${sent.answer}</bdi>`}`
      }
    </p>
    ${
      csrf !== null &&
      html`<form method="post" action="/page/alerts/${id}/resend">
        ${csrfField(csrf)}<button class="quiet" type="submit" aria-label="Send again: ${words}">
          Send again
        </button>
      </form>`
    }
  </li>`
}

function secretBox({ secret }: AlertsView): Html | null {
  if (secret === null) return null
  return html`<div class="alert done" role="status">
    <p>
      <strong>The secret of this webhook, shown only now:</strong>
      <code class="secret">${secret}</code>
    </p>
    <p>
      Give it to your receiver: with it any library of Standard Webhooks checks that a message came
      from here.
    </p>
  </div>`
}

function webhookForms({ webhook, problem, mayChange }: AlertsView, csrf: string): Html {
  const now =
    webhook === null
      ? html`<p class="empty">None is set: alerts are shown here only.</p>`
      : html`<p>
          Alerts are sent to <bdi><strong>${webhook.host}</strong></bdi> since
          ${timeOf(webhook.since)}.
        </p>`
  if (!mayChange)
    return html`${now}
      <p class="note">
        This sign-in may not change it: sign in with a key that may buy credits, or with a link from
        the operator of this server.
      </p>`
  return html`<div class="stack">
    ${now}
    ${
      webhook !== null &&
      html`<form method="post" action="/page/alerts/webhook" class="decide">
        ${csrfField(csrf)}
        <button type="submit" name="does" value="test">Send a test</button>
        <button class="quiet" type="submit" name="does" value="remove">Remove the webhook</button>
      </form>`
    }
    <form method="post" action="/page/alerts/webhook" class="stack">
      ${csrfField(csrf)}
      <label
        >${webhook === null ? 'Address (https)' : 'Another address (https)'}<input
          name="url"
          type="url"
          required
          maxlength="1000"
          autocomplete="off"
          placeholder="https://hooks.example.com/…"
          ${problem !== null && html`aria-invalid="true" aria-describedby="webhook-problem" autofocus`}
      /></label>
      ${
        problem !== null &&
        html`<p class="field-problem" id="webhook-problem">
          <strong>${problem.message}</strong> ${problem.hint}
        </p>`
      }
      <button type="submit" name="does" value="set">Set the webhook</button>
      <p class="note">
        Signed as Standard Webhooks says. Each address gets a secret of its own, shown once. Slack
        and Mattermost show the text.
      </p>
    </form>
  </div>`
}

import { csrfField } from './csrf.ts'
import type { Scope } from '../../accounts/scopes.ts'
import type { Mode } from '../../mode.ts'
import { alertBox, type Alert } from './alert.ts'
import { brand } from './brand.ts'
import { centered, type Page } from './document.ts'
import { exactly } from './format.ts'
import { html, type Html } from './html.ts'
import { keyField } from './sign-in.ts'
import { termFields, type TermsForm } from './terms.ts'

/** Who asks. All of it is text from outside. */
export type AskingClient = {
  name: string
  /** The host that vouches for the name, or null. */
  vouchedBy: string | null
  /** Where the person goes afterwards, in words. */
  sendsTo: string
  /** The address of that, for the content policy; '' for none. */
  formTarget: string
}

/** What a person decides on. */
export type Consent = {
  client: AskingClient
  scopes: readonly Scope[]
  account: string
  /** In micro-dollars. */
  balance: number
  terms: TermsForm
  /** Number of earlier connections of this client. */
  earlier: number
  /** Whether the person signed in with a key, with which the connection may end. */
  byKey: boolean
  alert: Alert | null
  csrf: string
}

const SCOPE_WORDS: Readonly<Record<Scope, string>> = {
  generate: 'make and edit images, and pay for them from your balance',
  'credits:read': 'see your balance, your budgets and what was spent',
  'credits:buy': 'start purchases; a person still pays each of them on the payment page',
  'assets:read': 'open the images of this account',
}

/** Renders the page on which a person lets a client in and sets what it may spend. It works without scripts. */
export function consentPage(mode: Mode, consent: Consent): Page {
  const { client, scopes, account, balance, terms, alert, csrf } = consent
  const content = html`<h1>Let <bdi>${client.name}</bdi> use Inkwell?</h1>
    ${whoAsks(client)} ${alert && alertBox(alert)}
    <dl class="sums">
      <dt>Account</dt>
      <dd><bdi>${account}</bdi></dd>
      <dt>Balance</dt>
      <dd>${exactly(balance)}</dd>
    </dl>
    <div>
      <p>It will be able to</p>
      <ul class="scopes">
        ${scopes.map((scope) => html`<li>${SCOPE_WORDS[scope]}</li>`)}
      </ul>
    </div>
    <form method="post" class="stack">
      ${csrfField(csrf)}
      <fieldset class="stack">
        <legend>It may spend at most</legend>
        ${termFields(terms)} ${choices(consent)}
      </fieldset>
      <div class="pair">
        <button name="approve" value="yes">Approve</button>
        <button class="quiet" name="deny" value="yes" formnovalidate>Deny</button>
      </div>
      <p class="note">
        A blank field sets no limit of that kind. You can change the limits or end the connection at
        any time on <a href="/">your usage page</a>. Days are UTC.
      </p>
    </form>`
  return page(mode, 'Connect', content, client.formTarget)
}

function whoAsks({ name, vouchedBy, sendsTo }: AskingClient): Html {
  const vouched =
    vouchedBy === null
      ? html`It chose its name itself:
          <strong>nobody has checked that it is <bdi>${name}</bdi></strong
          >.`
      : html`The site <strong>${vouchedBy}</strong> vouches for it.`
  return html`<p>${vouched} Afterwards you go to <strong>${sendsTo}</strong>.</p>`
}

function choices({ earlier, byKey, terms }: Consent): Html {
  const days = html`<label class="choice"
    ><input type="checkbox" name="unlimited" value="yes" />No limit a day, a month or in total: it
    may spend the whole balance</label
  >`
  return html`${terms.problem?.field === 'day' || terms.values.day === '' ? days : null}
  ${
    earlier > 0 &&
    html`<label class="choice"
      ><input type="checkbox" name="replace" value="yes" checked />End its earlier
      ${earlier === 1 ? 'connection' : `${earlier} connections`}</label
    >`
  }
  ${
    byKey &&
    html`<label class="choice"
      ><input type="checkbox" name="with_key" value="yes" />End it when the key that I signed in
      with is revoked</label
    >`
  }`
}

/** Renders the sign-in before a person is asked. It leads back to the same page. */
export function consentSignInPage(
  mode: Mode,
  { client, alert, identity }: { client: AskingClient; alert: Alert | null; identity: Html | null },
): Page {
  const content = html`<h1>Sign in to connect <bdi>${client.name}</bdi></h1>
    ${whoAsks(client)} ${alert && html`<div id="key-problem">${alertBox(alert)}</div>`} ${identity}
    <form method="post" class="stack">
      ${keyField('API key or one-time link', alert)}
      <button type="submit">Sign in</button>
    </form>
    <p class="note">
      The client never sees your key. The operator of this server gives out keys and links.
    </p>`
  return page(mode, 'Sign in', content, '')
}

/** Renders a message of the sign-in of a client. */
export function connectNotePage(mode: Mode, note: { title: string; text: string }): Page {
  return page(
    mode,
    note.title,
    html`<h1>${note.title}</h1>
      <p>${note.text}</p>`,
    '',
  )
}

function page(mode: Mode, title: string, content: Html, formTarget: string): Page {
  return { title, script: false, body: centered(brand(mode), content), formTarget }
}

import type { Mode } from '../../mode.ts'
import { display } from '../../money.ts'
import { brand } from './brand.ts'
import { centered, type Page } from './document.ts'
import { html, type Html } from './html.ts'

/** A purchase on the test checkout page. Amounts are in micro-USD. */
export type TestPurchase = {
  amount: number
  bonus: number
  credits: number
  status: string
  /** Text from outside. */
  accountName: string
  /** What the account owes for credits that were taken back after they had been spent. */
  debt: number
}

/** The message for a person after a payment page. */
export type Outcome = {
  title: string
  text: string
  /** The new balance in micro-USD; absent for a person who may not see it. */
  balance?: number
}

/**
 * Forwards the browser to a payment page. An HTTP redirect would not work, because the content policy allows forms
 * to lead only to this server.
 */
export function redirectPage(mode: Mode, url: string): Page {
  const content = html`<h1>The payment page opens</h1>
    <p><a class="button" href="${url}">Continue to the payment page</a></p>
    ${BACK}`
  return { ...checkoutPage(mode, 'Buy credits', content), next: url }
}

/** Renders the test checkout page. It replaces Stripe's page and takes test money. */
export function testCheckoutPage(purchase: TestPurchase): Page {
  const { amount, bonus, credits, status, accountName, debt } = purchase
  const content = html`${TEST_MONEY}
    <h1>Buy credits</h1>
    <p class="note">Credits pay for the image tools of your agents.</p>
    <div class="price">
      <p class="figure">${display(amount)}</p>
      <p>US dollars, in test money</p>
    </div>
    <dl class="sums">
      <dt>For the account</dt>
      <dd><bdi>${accountName}</bdi></dd>
      <dt>Credits</dt>
      <dd>${display(amount)}</dd>
      ${
        bonus > 0 &&
        html`<dt>Bonus</dt>
          <dd>${display(bonus)}</dd>`
      }
      <dt class="total">You get in test credits</dt>
      <dd class="total">${display(credits)}</dd>
      ${debt > 0 && debtLines(debt, credits)}
    </dl>
    ${status === 'open' ? TEST_PAYMENT : html`<p>This purchase is ${status}.</p>`}`
  return checkoutPage('test', 'Buy credits', content)
}

/** Explains a debt: what of the credits pays it. */
function debtLines(debt: number, credits: number): Html {
  const paid = Math.min(debt, credits)
  return html`<dt>Of these, for the debt</dt>
    <dd>${display(paid)}</dd>
    <dt class="why">
      An earlier payment was refunded or disputed after its credits had been spent. What is owed is
      paid first${paid < debt && html`; ${display(debt - paid)} stays owed`}.
    </dt>`
}

/** Renders the page to which payment pages return. */
export function outcomePage(mode: Mode, outcome: Outcome, isSignedIn: boolean): Page {
  const { title, text, balance } = outcome
  const content = html`${mode === 'test' && TEST_MONEY}
    <h1>${title}</h1>
    <p>${text}</p>
    ${balance !== undefined && html`<p>New balance: <strong>${display(balance)}</strong></p>`}
    ${isSignedIn && BACK}`
  return checkoutPage(mode, title, content)
}

function checkoutPage(mode: Mode, title: string, content: Html): Page {
  return { title, script: false, body: centered(brand(mode), content) }
}

const BACK = html`<p class="note"><a href="/">Back to your usage</a></p>`

const TEST_MONEY = html`<p class="warning"><strong>TEST MONEY</strong> No card is charged.</p>`

const TEST_PAYMENT = html`<form method="post" class="stack">
  <button name="do" value="pay">Pay with test money</button>
  <div class="pair">
    <button class="quiet" name="do" value="cancel">Cancel</button>
    <button class="quiet" name="do" value="expire">Expire</button>
  </div>
</form>`

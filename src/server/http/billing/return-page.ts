import type { Hono } from 'hono'
import { html } from 'hono/html'
import type { PurchaseStatus } from '../../../db/schema/billing.ts'
import type { HttpEnv } from '../env.ts'
import { hasSignedIn } from '../page/session.ts'
import { page, pageHeaders } from './page.ts'

type Words = { title: string; text: string }

const CANCELLED: Words = {
  title: 'Payment was cancelled',
  text: 'No charges were made. The link can still be used.',
}
const UNKNOWN: Words = {
  title: 'Nothing to show',
  text: 'This page belongs to no purchase of this server.',
}
const LATER: Words = {
  title: 'Payment is on its way',
  text: 'The credits are added as soon as it has arrived. You can close this page.',
}
const PAID: Words = {
  title: 'Payment received',
  text: 'The credits are on the balance. You can close this page and go back to your agent.',
}
const WORDS: Readonly<Record<PurchaseStatus, Words>> = {
  pending: LATER,
  completed: PAID,
  partially_refunded: PAID,
  refunded: { title: 'Payment was refunded', text: 'The credits were taken back.' },
  disputed: { title: 'Payment is disputed', text: 'The credits were taken back.' },
  failed: { title: 'Payment failed', text: 'No credits were added. Ask for a new link.' },
  expired: { title: 'The link has expired', text: 'Nothing was paid. Ask for a new one.' },
}

/**
 * Where people come back to from a payment page. Coming back proves nothing: it is a reason to ask the
 * payment service. The page tells nothing of the account.
 */
export function returnPage(api: Hono<HttpEnv>): void {
  api.get('/billing/return', async (context) => {
    const { app } = context.var
    const cancelled = context.req.query('cancelled')
    if (cancelled !== undefined) app.billing.turnedAway(cancelled)
    const words = cancelled === undefined ? await outcome() : CANCELLED
    const back = hasSignedIn(context) ? html`<p><a href="/">Back to your usage</a></p>` : ''
    const body = html`<h1>${words.title}</h1>
      <p class="soft">${words.text}</p>
      ${back}`
    const shown = page({ title: words.title, test: app.mode === 'test', body })
    return context.html(shown, 200, pageHeaders())

    async function outcome(): Promise<Words> {
      try {
        const purchase = await app.billing.returned(context.req.query('checkout') ?? '')
        return purchase === null ? UNKNOWN : WORDS[purchase.status]
      } catch (error) {
        app.log.warn('return.unsettled', { error }) // another trigger settles it
        return LATER
      }
    }
  })
}

import type { Hono } from 'hono'
import type { Caller } from '../../accounts/caller.ts'
import { requireScope } from '../../accounts/scopes.ts'
import type { Answer } from '../../alerts/delivery.ts'
import { listAlerts, type ListedAlert } from '../../alerts/outbox.ts'
import {
  findWebhook,
  newWebhookSecret,
  removeWebhook,
  setWebhook,
  takeSecret,
  webhookAddress,
} from '../../alerts/webhooks.ts'
import type { App } from '../../app.ts'
import { sendPage } from '../responses/page.ts'
import { alertBox } from '../views/alert.ts'
import { alertsPage } from '../views/alerts.ts'
import { html } from '../views/html.ts'
import { subPage } from '../views/sub-page.ts'
import type { PageContext, WebEnv } from './env.ts'
import { isRead, takeFlash, tellOutcome, type Flash } from './flash.ts'
import { ownForm, type OwnForm } from './form.ts'
import { requireVisitor, type Visitor } from './session.ts'

/** Alerts on the usage page, and on a page of their own. */
const LATEST = 3
const PAGE = 25

/** Returns the newest alerts of a caller's account. */
export async function latestAlerts({ db }: App, caller: Caller): Promise<ListedAlert[]> {
  const wanted = { accountId: caller.account.id, limit: LATEST }
  return (await db.read(() => listAlerts(wanted))).alerts
}

/** Routes of the page of alerts, and of the acts on the webhook of the account. */
export function alertRoutes(routes: Hono<WebEnv>): void {
  routes.get('/alerts', async (context) => sendAlerts(context, await requireVisitor(context)))
  routes.post('/page/alerts/webhook', (context) =>
    act(context, async ({ app, accountId, form }) => {
      const does = form('does')
      if (does === 'test') return outcomeOf(await app.alerts.test(accountId))
      if (does !== 'remove') return await setByForm(app, accountId, form('url'))
      await app.db.write(() => removeWebhook(accountId))
      return { isError: false, message: 'The webhook is removed.', hint: 'Nothing is sent there.' }
    }),
  )
  routes.post('/page/alerts/:id/resend', (context) =>
    act(context, async ({ app, accountId }) =>
      outcomeOf(await app.alerts.resend(context.req.param('id'), accountId)),
    ),
  )
}

async function sendAlerts(context: PageContext, { caller, csrf }: Visitor): Promise<Response> {
  const { app } = context.var
  const { id: accountId, name: accountName } = caller.account
  const said = takeFlash(context)
  const before = context.req.query('before')
  const { alerts, more } = await app.db.read(() => listAlerts({ accountId, before, limit: PAGE }))
  const webhook = await app.db.read(() => findWebhook(accountId))
  const mayChange = caller.scopes.includes('credits:buy')
  const isNew = webhook !== null && webhook.shown_at === null && mayChange && isRead(context)
  const view = {
    alerts,
    older: more ? (alerts.at(-1)?.id ?? null) : null,
    webhook: webhook && { host: new URL(webhook.url).host, since: webhook.created_at },
    secret: isNew ? await app.db.write(() => takeSecret(accountId, app.now())) : null,
    problem: said?.field === 'webhook' ? said : null,
    mayChange,
  }
  const body = html`<h1>Alerts</h1>
    ${said !== null && said.field === undefined && alertBox(said)} ${alertsPage(view, csrf)}`
  return await sendPage(context, subPage({ mode: app.mode, accountName, title: 'Alerts', body }))
}

type Sent = { app: App; accountId: string } & Pick<OwnForm, 'form'>

/** Does what a form asks for. Who may buy credits may: the keys of agents usually may not. */
async function act(context: PageContext, does: (sent: Sent) => Promise<Flash>): Promise<Response> {
  const { app } = context.var
  const { caller, form } = await ownForm(context)
  const field = form('does') === 'set' ? 'webhook' : undefined
  requireScope(caller, 'credits:buy')
  await tellOutcome(context, () => does({ app, accountId: caller.account.id, form }), field)
  return context.redirect('/alerts', 303)
}

async function setByForm({ db, now }: App, account_id: string, text: string): Promise<Flash> {
  const webhook = { url: await webhookAddress(text), secret: newWebhookSecret(), shown_at: null }
  await db.write(() => setWebhook({ account_id, ...webhook }, now()))
  return { isError: false, message: 'The webhook is set.', hint: 'Send a test to see it arrive.' }
}

function outcomeOf({ outcome, says }: Answer): Flash {
  return outcome === 'delivered'
    ? { isError: false, message: 'Delivered.', hint: `The receiver answered: ${says}.` }
    : { isError: true, message: 'Not delivered.', hint: `What came of it: ${says}.` }
}

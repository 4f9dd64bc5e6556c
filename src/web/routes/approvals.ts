import type { Hono } from 'hono'
import type { Caller } from '../../accounts/caller.ts'
import { decide } from '../../approvals/decide.ts'
import { listApprovals, type ShownApproval } from '../../approvals/list.ts'
import { nothingToDecide } from '../../approvals/refusals.ts'
import type { App } from '../../app.ts'
import { AppError } from '../../errors.ts'
import { sendPage } from '../responses/page.ts'
import { alertBox } from '../views/alert.ts'
import { approvalBox, type Approvals } from '../views/approvals.ts'
import { html } from '../views/html.ts'
import { subPage } from '../views/sub-page.ts'
import type { PageContext, WebEnv } from './env.ts'
import { takeFlash, tellOutcome } from './flash.ts'
import { ownForm } from './form.ts'
import { requireVisitor } from './session.ts'

/** Returns the calls of a caller's account that wait for a person, or for the call itself. */
export async function approvalsFor({ db, now }: App, caller: Caller): Promise<Approvals> {
  const wanted = { accountId: caller.account.id, at: now() }
  return { waiting: await db.read(() => listApprovals(wanted)), mayDecide: mayDecide(caller) }
}

/** Routes of the page of one approval, which its link leads to, and of the decision. */
export function approvalRoutes(routes: Hono<WebEnv>): void {
  routes.get('/approvals/:id', async (context) => {
    const { app } = context.var
    const { caller, csrf } = await requireVisitor(context)
    const approval = await approvalOf(app, caller, context.req.param('id'))
    const said = takeFlash(context)
    const body = html`<h1>Approval</h1>
      ${said && alertBox(said)}
      <section class="states" id="approval" data-live aria-label="The call">
        ${approvalBox(approval, mayDecide(caller) ? csrf : null)}
      </section>`
    const { name: accountName } = caller.account
    return await sendPage(
      context,
      subPage({ mode: app.mode, accountName, title: 'Approval', body }),
    )
  })
  routes.post('/page/approvals/:id', (context) => decideByForm(context))
}

async function decideByForm(context: PageContext): Promise<Response> {
  const { app } = context.var
  const { caller, form } = await ownForm(context)
  const id = context.req.param('id') ?? ''
  const { id: accountId } = caller.account
  await tellOutcome(context, async () => {
    if (!mayDecide(caller)) throw mayNotDecide()
    const says = form('says') === 'approve' ? 'approve' : 'refuse'
    const by = caller.keyId === '' ? 'page' : caller.keyId
    await app.db.write(() => decide({ id, accountId }, { says, by, at: app.now() }))
    return { isError: false, ...DONE[says] }
  })
  return context.redirect(`/approvals/${encodeURIComponent(id)}`, 303)
}

const DONE = {
  approve: { message: 'Approved.', hint: 'Tell the agent to make the same call again.' },
  refuse: { message: 'Refused.', hint: 'What was held for it is free again.' },
}

async function approvalOf({ db, now }: App, caller: Caller, id: string): Promise<ShownApproval> {
  const wanted = { accountId: caller.account.id, id, all: true, at: now() }
  const [approval] = await db.read(() => listApprovals(wanted))
  if (approval === undefined) throw nothingToDecide(null)
  return approval
}

/** Who may buy credits may approve. The keys of agents usually may not: an agent must not approve its own calls. */
function mayDecide({ scopes }: Caller): boolean {
  return scopes.includes('credits:buy')
}

function mayNotDecide(): AppError {
  return new AppError(
    'forbidden',
    'The key that signed in may not buy credits, so it cannot approve.',
    {
      hint: 'Sign in with a key that may, or with a link from the operator of this server.',
      facts: { requiredScope: 'credits:buy' },
    },
  )
}

import type { Hono } from 'hono'
import { crypto } from '../../../crypto.ts'
import { AppError } from '../../../errors.ts'
import { newId } from '../../../ids.ts'
import { ACTS, perform, rehearse, type ActForm, type ActName } from '../../../operator/acts.ts'
import { reasonOf } from '../../../operator/reason.ts'
import { accountUse } from '../../../usage/accounts.ts'
import { deskAccount } from '../../../usage/desk/account.ts'
import { namesIn } from '../../../usage/desk/names.ts'
import { sendPage } from '../../responses/page.ts'
import { actFormPage, actReviewPage, type ShownAct } from '../../views/desk/act.ts'
import { ACT_WORDS, type ActProblem } from '../../views/desk/act-forms.ts'
import { deskAccountPage } from '../../views/desk/account.ts'
import type { PageContext, WebEnv } from '../env.ts'
import { setFlash } from '../flash.ts'
import { formOf } from '../form.ts'
import { frameOf } from './frame.ts'
import { authorOf, DESK, requireActing, requireOperating } from './session.ts'

/** Longest text of a field, in characters. */
const FIELD_MAX = 400

/** Routes of the page of an account, and of each act on it: its form, what it will do, and doing it. */
export function deskAccountRoutes(routes: Hono<WebEnv>): void {
  routes.get('/admin/accounts/:id', async (context) => {
    const operating = await requireOperating(context)
    const { app } = context.var
    const nowMs = app.now()
    const account = await app.reports.read(() => deskAccount(context.req.param('id'), nowMs))
    const names = await app.db.read(() => namesIn(account.acts))
    return await sendPage(
      context,
      deskAccountPage(frameOf(context, operating), { ...account, names, nowMs }),
    )
  })
  for (const name of Object.keys(ACTS) as ActName[]) {
    routes.get(`/admin/accounts/:id/${name}`, async (context) => await review(context, name))
    routes.post(`/admin/accounts/:id/${name}`, async (context) => await act(context, name))
  }
}

async function review(context: PageContext, name: ActName): Promise<Response> {
  const operating = await requireActing(context)
  const { db, now } = context.var.app
  const frame = frameOf(context, operating)
  const accountId = context.req.param('id') ?? ''
  const form = fieldsOf((field) => context.req.query(field) ?? '')
  const account = await db.read(() => accountUse(accountId, now()))
  const shown: ShownAct = { name, account, form }
  if (context.req.query('review') === undefined)
    return await sendPage(context, actFormPage(frame, { ...shown, problem: null }))
  const at = now()
  const author = { id: newId('aud', at), by: operating.operator.author, at }
  const entryId = newId(name === 'refund' ? 'txn_refund' : 'txn_topup', at)
  try {
    const after = await rehearse(db, function* rehearsing() {
      yield* perform({ name, accountId, form }, { author, entryId, requestKey: null })
      return yield* accountUse(accountId, at)
    })
    const requestKey = `desk_${crypto().randomBytes(16).toString('hex')}`
    return await sendPage(context, actReviewPage(frame, { ...shown, after, requestKey }))
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    context.status(400)
    return await sendPage(
      context,
      actFormPage(frame, { ...shown, problem: problemOf(shown, error) }),
    )
  }
}

async function act(context: PageContext, name: ActName): Promise<Response> {
  const operating = await requireActing(context)
  const sent = await formOf(context)
  const author = authorOf(context, operating, sent('csrf'))
  const accountId = context.req.param('id') ?? ''
  const asked = { name, accountId, form: fieldsOf(sent) }
  const requestKey = /^desk_[0-9a-f]{32}$/.exec(sent('request'))?.[0] ?? null
  const entryId = newId(name === 'refund' ? 'txn_refund' : 'txn_topup', author.at)
  const { title } = ACT_WORDS[name]
  try {
    const { replayed } = await context.var.app.db.write(() =>
      perform(asked, { author, entryId, requestKey }),
    )
    const message = replayed ? 'This was done before.' : `Done: ${title.toLowerCase()}.`
    setFlash(context, { isError: false, message, hint: 'The audit log has it.' })
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const { message, hint } = error
    setFlash(context, { isError: true, message, hint })
  }
  return context.redirect(`${DESK}/accounts/${encodeURIComponent(accountId)}`, 303)
}

function fieldsOf(read: (field: string) => string): ActForm {
  const field = (name: string): string => read(name).slice(0, FIELD_MAX)
  return { amount: field('amount'), reason: field('reason'), generation: field('generation') }
}

/** Says at which field an error stands: the reason, or else what the act asks for first. */
function problemOf({ name, form }: ShownAct, { message, hint }: AppError): ActProblem {
  const [first] = ACTS[name]
  const isReason = message === faultOfReason(form.reason)
  return { field: isReason ? 'reason' : first === 'reason' ? null : first, message, hint }
}

function faultOfReason(text: string): string | null {
  try {
    reasonOf(text)
    return null
  } catch (error) {
    return error instanceof AppError ? error.message : null
  }
}

import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import * as z from 'zod'
import type { Account } from '../../../accounts/accounts.ts'
import type { TransactionBody } from '../../../db/db.ts'
import { newId } from '../../../ids.ts'
import { money } from '../../../money.ts'
import { readModelList } from '../../../pricing/model-list.ts'
import {
  changeAccount,
  closeAccount,
  openNew,
  resumeAccount,
  suspendAccount,
} from '../../../operator/accounts.ts'
import { accountsPage, accountUse, type AccountUse } from '../../../usage/accounts.ts'
import { moneyOrNull } from '../../../usage/shapes.ts'
import type { HttpEnv } from '../context/env.ts'
import { Id, jsonBody, jsonResponses } from '../rest/route.ts'
import { MoneyShape, wholeNumber } from '../rest/shapes.ts'
import { ADMIN, adminNeeds, authorOf, capIn, Usd } from './admin.ts'
import { isoOrNull } from '../../../text.ts'

const AccountShape = z
  .object({
    id: z.string(),
    name: z.string(),
    state: z.enum(['open', 'suspended', 'closed']),
    balance: MoneyShape,
    held: MoneyShape,
    debt: MoneyShape,
    spent_today: MoneyShape,
    spent_this_month: MoneyShape,
    keys: z.int(),
    models: z.array(z.string()).nullable(),
    max_usd_per_call: MoneyShape.nullable(),
    suspension: z.object({ reason: z.string(), at: z.string() }).nullable(),
    closed_at: z.string().nullable(),
    created_at: z.string(),
  })
  .openapi('AdminAccount')

const AccountsShape = z
  .object({
    accounts: z.array(AccountShape),
    has_more: z.boolean(),
    cursor: z.string().nullable(),
  })
  .openapi('AdminAccounts')

const Terms = z.strictObject({
  name: z.string().optional(),
  models: z.string().optional().openapi({ example: 'fal-ai/flux/*,local/*' }),
  max_usd_per_call: Usd.nullable().optional(),
})
const Reason = z.strictObject({ reason: z.string().optional() })

const list = createRoute({
  method: 'get',
  path: '/admin/v1/accounts',
  summary: 'Accounts with balance and spending, in the order of their ids',
  security: ADMIN,
  middleware: adminNeeds('read'),
  request: {
    query: z.strictObject({ limit: wholeNumber(1, 100), cursor: z.string().max(100).optional() }),
  },
  responses: jsonResponses(AccountsShape),
})
const create = createRoute({
  method: 'post',
  path: '/admin/v1/accounts',
  summary: 'Open an account with the signup grant',
  security: ADMIN,
  middleware: adminNeeds('money'),
  request: jsonBody(Terms.required({ name: true })),
  responses: jsonResponses(AccountShape),
})
const read = createRoute({
  method: 'get',
  path: '/admin/v1/accounts/{id}',
  summary: 'One account',
  security: ADMIN,
  middleware: adminNeeds('read'),
  request: { params: Id },
  responses: jsonResponses(AccountShape),
})
const update = createRoute({
  method: 'patch',
  path: '/admin/v1/accounts/{id}',
  summary: 'Change name, models or the largest price of a call',
  security: ADMIN,
  middleware: adminNeeds('money'),
  request: { params: Id, ...jsonBody(Terms) },
  responses: jsonResponses(AccountShape),
})
const stateRoute = (act: 'suspend' | 'resume' | 'close', summary: string) =>
  createRoute({
    method: 'post',
    path: `/admin/v1/accounts/{id}/${act}`,
    summary,
    security: ADMIN,
    middleware: adminNeeds('money'),
    request: { params: Id, ...jsonBody(act === 'suspend' ? Reason.required() : Reason) },
    responses: jsonResponses(AccountShape),
  })
const suspend = stateRoute('suspend', 'Refuse paid calls and purchases; work in hand is finished')
const resume = stateRoute('resume', 'End a suspension')
const close = stateRoute('close', 'Revoke all keys and refuse all work, for ever')

/** Routes of the admin API about accounts. */
export function adminAccountRoutes(api: OpenAPIHono<HttpEnv>): void {
  api.openapi(list, async (context) => {
    const { app } = context.var
    const { limit = 20, cursor } = context.req.valid('query')
    const page = await app.db.read(() => accountsPage({ after: cursor, limit }, app.now()))
    const { accounts, more } = page
    const next = more ? (accounts.at(-1)?.id ?? null) : null
    return context.json({ accounts: accounts.map(shown), has_more: more, cursor: next }, 200)
  })
  api.openapi(create, async (context) => {
    const author = authorOf(context)
    const { name, ...terms } = context.req.valid('json')
    const account = { id: newId('acct', author.at), name, ...termsOf(terms) }
    return context.json(await changed(context.var.app, () => openNew(account, author)), 200)
  })
  api.openapi(read, async (context) => {
    const { app } = context.var
    const { id } = context.req.valid('param')
    return context.json(shown(await app.db.read(() => accountUse(id, app.now()))), 200)
  })
  api.openapi(update, async (context) => {
    const author = authorOf(context)
    const { id } = context.req.valid('param')
    const { name, ...terms } = context.req.valid('json')
    const changes = { ...(name !== undefined && { name }), ...termsOf(terms) }
    return context.json(
      await changed(context.var.app, () => changeAccount(id, changes, author)),
      200,
    )
  })
  api.openapi(suspend, async (context) => {
    const author = authorOf(context)
    const { id } = context.req.valid('param')
    const { reason = '' } = context.req.valid('json')
    return context.json(
      await changed(context.var.app, () => suspendAccount(id, reason, author)),
      200,
    )
  })
  api.openapi(resume, async (context) => {
    const author = authorOf(context)
    const { id } = context.req.valid('param')
    const { reason = null } = context.req.valid('json')
    return context.json(
      await changed(context.var.app, () => resumeAccount(id, reason, author)),
      200,
    )
  })
  api.openapi(close, async (context) => {
    const author = authorOf(context)
    const { id } = context.req.valid('param')
    const { reason = null } = context.req.valid('json')
    return context.json(await changed(context.var.app, () => closeAccount(id, reason, author)), 200)
  })
}

/** Runs an act on an account and returns the account with its use. */
async function changed(
  { db, now }: HttpEnv['Variables']['app'],
  act: () => TransactionBody<Account>,
): Promise<z.infer<typeof AccountShape>> {
  const use = await db.write(function* changing() {
    const { id } = yield* act()
    return yield* accountUse(id, now())
  })
  return shown(use)
}

function termsOf({ models, max_usd_per_call }: Omit<z.infer<typeof Terms>, 'name'>) {
  const maxPrice = capIn(max_usd_per_call)
  return {
    ...(models !== undefined && { models: readModelList(models) }),
    ...(maxPrice !== undefined && { maxPrice }),
  }
}

function shown(account: AccountUse): z.infer<typeof AccountShape> {
  const { id, name, state, available, held, debt, models, suspension } = account
  return {
    id,
    name,
    state,
    balance: money(available),
    held: money(held),
    debt: money(debt),
    spent_today: money(account.spentToday),
    spent_this_month: money(account.spentThisMonth),
    keys: account.liveKeys,
    models: models === null ? null : [...models],
    max_usd_per_call: moneyOrNull(account.maxPrice),
    suspension:
      suspension === null
        ? null
        : { reason: suspension.reason, at: new Date(suspension.at).toISOString() },
    closed_at: isoOrNull(account.closedAt),
    created_at: new Date(account.createdAt).toISOString(),
  }
}

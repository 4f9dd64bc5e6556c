import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import * as z from 'zod'
import { freshKey } from '../../../accounts/keys.ts'
import { newSecret } from '../../../accounts/rotate-key.ts'
import type { TransactionBody } from '../../../db/db.ts'
import { newId } from '../../../ids.ts'
import { money } from '../../../money.ts'
import { changeGroup, openGroup } from '../../../operator/groups.ts'
import {
  changeKey,
  createKey,
  endKey,
  GRACE_MAX_MS,
  GRACE_MS,
  renewKey,
} from '../../../operator/keys.ts'
import { groupsWithUse, keysWithUse, type PageRequest } from '../../../usage/keys.ts'
import type { HttpEnv } from '../context/env.ts'
import { Id, jsonBody, jsonResponses } from '../rest/route.ts'
import { wholeNumber } from '../rest/shapes.ts'
import { ADMIN, adminNeeds, authorOf } from './admin.ts'
import {
  Account,
  capsIn,
  changesIn,
  GroupShape,
  GroupTerms,
  KeyShape,
  KeyTerms,
  listedKey,
  ListedKey,
  SecretShape,
  shownGroup,
  shownKey,
  Spent,
} from './key-shapes.ts'
import { isoOrNull } from '../../../text.ts'

const route = { security: ADMIN } as const
const reads = { ...route, middleware: adminNeeds('read') }
const acts = { ...route, middleware: adminNeeds('money') }

const pages = {
  query: z.strictObject({
    account_id: z.string().max(100).optional(),
    limit: wholeNumber(1, 100),
    cursor: z.string().max(100).optional(),
  }),
}
const More = { has_more: z.boolean(), cursor: z.string().nullable() }

const listKeys = createRoute({
  ...reads,
  method: 'get',
  path: '/admin/v1/keys',
  summary: 'Keys and connections of one account or of all, with what each spent',
  request: pages,
  responses: jsonResponses(z.object({ keys: z.array(ListedKey), ...More })),
})
const create = createRoute({
  ...acts,
  method: 'post',
  path: '/admin/v1/keys',
  summary: 'Issue a key; it is shown once',
  request: jsonBody(KeyTerms.extend(Account)),
  responses: jsonResponses(SecretShape),
})
const update = createRoute({
  ...acts,
  method: 'patch',
  path: '/admin/v1/keys/{id}',
  summary: 'Change a key, from its next request on',
  request: { params: Id, ...jsonBody(KeyTerms) },
  responses: jsonResponses(KeyShape),
})
const rotate = createRoute({
  ...acts,
  method: 'post',
  path: '/admin/v1/keys/{id}/rotate',
  summary: 'Give a key a new secret; the old one is accepted for a time',
  request: {
    params: Id,
    ...jsonBody(
      z.strictObject({
        grace_seconds: z
          .int()
          .min(0)
          .max(GRACE_MAX_MS / 1000)
          .optional(),
      }),
    ),
  },
  responses: jsonResponses(SecretShape),
})
const revoke = createRoute({
  ...acts,
  method: 'post',
  path: '/admin/v1/keys/{id}/revoke',
  summary: 'Refuse a key from now on',
  request: { params: Id },
  responses: jsonResponses(z.object({ id: z.string(), revoked_at: z.string().nullable() })),
})
const groups = createRoute({
  ...reads,
  method: 'get',
  path: '/admin/v1/groups',
  summary: 'Groups of keys of one account or of all, with what each spent',
  request: pages,
  responses: jsonResponses(z.object({ groups: z.array(GroupShape.extend(Spent)), ...More })),
})
const createGroup = createRoute({
  ...acts,
  method: 'post',
  path: '/admin/v1/groups',
  summary: 'Create a group of keys that share budgets',
  request: jsonBody(GroupTerms.extend(Account).required({ name: true })),
  responses: jsonResponses(GroupShape),
})
const updateGroup = createRoute({
  ...acts,
  method: 'patch',
  path: '/admin/v1/groups/{id}',
  summary: 'Change a group, from the next call of its keys on',
  request: { params: Id, ...jsonBody(GroupTerms) },
  responses: jsonResponses(GroupShape),
})

/** Routes of the admin API about keys and their groups. */
export function adminKeyRoutes(api: OpenAPIHono<HttpEnv>): void {
  api.openapi(listKeys, async (context) => {
    const { app } = context.var
    const { rows, ...more } = await pageOf(context, keysWithUse)
    return context.json({ keys: rows.map((key) => listedKey(key, app.now())), ...more }, 200)
  })
  api.openapi(create, async (context) => {
    const author = authorOf(context)
    const { account_id, ...terms } = context.req.valid('json')
    const options = { ...changesIn(terms), fresh: freshKey(author.at) }
    const issued = await context.var.app.db.write(() => createKey(account_id, options, author))
    return context.json({ ...shownKey(issued, author.at), key: issued.key, old_until: null }, 200)
  })
  api.openapi(update, async (context) => {
    const author = authorOf(context)
    const { id } = context.req.valid('param')
    const changes = changesIn(context.req.valid('json'))
    const key = await context.var.app.db.write(() => changeKey(id, changes, author))
    return context.json(shownKey(key, author.at), 200)
  })
  api.openapi(rotate, async (context) => {
    const author = authorOf(context)
    const { id } = context.req.valid('param')
    const { grace_seconds = GRACE_MS / 1000 } = context.req.valid('json')
    const renewal = { secret: newSecret(), graceMs: grace_seconds * 1000 }
    const key = await context.var.app.db.write(() => renewKey(id, renewal, author))
    const secret = { key: key.key, old_until: isoOrNull(key.oldUntil) }
    return context.json({ ...shownKey(key, author.at), ...secret }, 200)
  })
  api.openapi(revoke, async (context) => {
    const author = authorOf(context)
    const { id } = context.req.valid('param')
    const revokedAt = await context.var.app.db.write(() => endKey(id, author))
    return context.json({ id, revoked_at: isoOrNull(revokedAt) }, 200)
  })
  groupRoutes(api)
}

function groupRoutes(api: OpenAPIHono<HttpEnv>): void {
  api.openapi(groups, async (context) => {
    const { rows, ...more } = await pageOf(context, groupsWithUse)
    const shown = rows.map((group) => ({ ...shownGroup(group), spent: money(group.spent) }))
    return context.json({ groups: shown, ...more }, 200)
  })
  api.openapi(createGroup, async (context) => {
    const author = authorOf(context)
    const { account_id: accountId, name, ...caps } = context.req.valid('json')
    const group = { id: newId('grp', author.at), accountId, name, caps: capsIn(caps) }
    return context.json(
      shownGroup(await context.var.app.db.write(() => openGroup(group, author))),
      200,
    )
  })
  api.openapi(updateGroup, async (context) => {
    const author = authorOf(context)
    const { id } = context.req.valid('param')
    const { name, ...caps } = context.req.valid('json')
    const changes = { name, caps: capsIn(caps) }
    return context.json(
      shownGroup(await context.var.app.db.write(() => changeGroup(id, changes, author))),
      200,
    )
  })
}

/** Reads the page that a request asks for: 20 rows at first. */
async function pageOf<Row extends { id: string }>(
  { req, var: { app } }: Context<HttpEnv, string, { out: { query: z.infer<typeof pages.query> } }>,
  list: (request: PageRequest) => TransactionBody<Row[]>,
): Promise<{ rows: Row[]; has_more: boolean; cursor: string | null }> {
  const { account_id: accountId, limit = 20, cursor: after } = req.valid('query')
  const found = await app.db.read(() => list({ accountId, after, limit: limit + 1 }))
  const rows = found.slice(0, limit)
  const hasMore = found.length > limit
  return { rows, has_more: hasMore, cursor: hasMore ? (rows.at(-1)?.id ?? null) : null }
}

import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import * as z from 'zod'
import { AppError } from '../../../errors.ts'
import { newId, type IdPrefix } from '../../../ids.ts'
import {
  authenticateAdmin,
  requireAdminScope,
  type AdminScope,
} from '../../../operator/admin-keys.ts'
import type { Author } from '../../../operator/audit.ts'
import type { MoneyAct } from '../../../operator/money.ts'
import { parseSignedUsd } from '../../../money.ts'
import type { HttpEnv } from '../context/env.ts'

/** Only an admin key opens these routes. */
export const ADMIN: Record<string, string[]>[] = [{ admin: [] }]

/** Middleware that requires an admin key with this scope. Throws `unauthorized`, `forbidden` and `rate_limited`. */
export function adminNeeds(scope: AdminScope) {
  return createMiddleware<HttpEnv>(async (context, next) => {
    const { app } = context.var
    const [, secret = ''] = /^Bearer +(\S+)$/i.exec(context.req.header('authorization') ?? '') ?? []
    const admin = await app.db.read(() => authenticateAdmin(secret))
    await app.requestLimit.count(admin.id, 'requests')
    requireAdminScope(admin, scope)
    context.set('admin', admin)
    await next()
  })
}

/** Returns who acts with a request: its admin key. */
export function authorOf({ var: { app, admin } }: Context<HttpEnv>): Author {
  const at = app.now()
  return { id: newId('aud', at), by: admin.id, at }
}

/** Returns the act on money that a request asks for. `prefix` is that of the id of its entry. */
export function moneyActOf(
  context: Context<HttpEnv>,
  {
    reason,
    requestKey,
    prefix,
  }: { reason: string; requestKey: string | undefined; prefix: IdPrefix },
): MoneyAct {
  const author = authorOf(context)
  return { author, entryId: newId(prefix, author.at), reason, requestKey: requestKey ?? null }
}

/** An amount of US dollars in a request, as text or as a number with at most six decimals. */
export const Usd = z.union([z.string().regex(/^-?\d{1,9}(\.\d{1,6})?$/), z.number()])

/** Returns an amount of a request in micro-dollars. Throws `invalid_input` for one that is finer or too large. */
export function microOf(usd: z.infer<typeof Usd>): number {
  const amount = parseSignedUsd(String(usd))
  if (amount !== null) return amount
  throw new AppError('invalid_input', 'An amount has at most 6 decimals.', {
    hint: 'Give US dollars such as "5.00".',
  })
}

/** Returns a cap of a request in micro-dollars; null for none, undefined if it names none. */
export function capIn(usd: z.infer<typeof Usd> | null | undefined): number | null | undefined {
  if (usd === null || usd === undefined) return usd
  const amount = microOf(usd)
  if (amount >= 0) return amount
  throw new AppError('invalid_input', 'A cap is not below zero.', { hint: 'Give null for no cap.' })
}

// oxlint-disable-next-line no-unassigned-import -- gives schemas their method openapi
import '@hono/zod-openapi'
import * as z from 'zod'
import { statusOf, type ApiKey } from '../../../accounts/api-key.ts'
import type { KeyGroup } from '../../../accounts/groups.ts'
import { SCOPES } from '../../../accounts/scopes.ts'
import { readModelList } from '../../../pricing/model-list.ts'
import { money } from '../../../money.ts'
import type { KeyUse } from '../../../usage/keys.ts'
import { moneyOrNull } from '../../../usage/shapes.ts'
import { MoneyShape } from '../rest/shapes.ts'
import { capIn, Usd } from './admin.ts'
import { isoOrNull } from '../../../text.ts'

const Cap = Usd.nullable().optional()
const GroupCaps = { max_usd_per_day: Cap, max_usd_per_month: Cap, max_usd_total: Cap }
const KeyCaps = {
  max_usd_per_session: Cap,
  ...GroupCaps,
  max_usd_per_call: Cap,
  approve_above_usd: Cap,
}
/** What a request says of a key. */
export const KeyTerms = z.strictObject({
  name: z.string().optional(),
  scopes: z.array(z.enum(SCOPES)).optional(),
  models: z.string().optional(),
  group_id: z.string().max(100).nullable().optional(),
  ...KeyCaps,
  expires_at: z.iso.datetime().nullable().optional(),
})
/** What a request says of a group. */
export const GroupTerms = z.strictObject({ name: z.string().optional(), ...GroupCaps })
/** The account of something new. */
export const Account = { account_id: z.string().max(100) }

const Shown = MoneyShape.nullable()
/** A key in a response. */
export const KeyShape = z
  .object({
    id: z.string(),
    kind: z
      .enum(['key', 'connection'])
      .describe('A connection is a remote host that a person let in; it has no secret'),
    account_id: z.string(),
    name: z.string().nullable(),
    prefix: z.string(),
    scopes: z.array(z.enum(SCOPES)),
    models: z.array(z.string()).nullable(),
    group_id: z.string().nullable(),
    caps: z.object({
      session: Shown,
      day: Shown,
      month: Shown,
      total: Shown,
      call: Shown,
      approve_above: Shown,
    }),
    status: z.enum(['live', 'revoked', 'expired']),
    expires_at: z.string().nullable(),
    last_used_at: z.string().nullable(),
    created_at: z.string().nullable(),
  })
  .openapi('AdminKey')
/** A key with its secret, which is shown once. */
export const SecretShape = KeyShape.extend({
  key: z.string(),
  old_until: z.string().nullable(),
}).openapi('AdminKeyWithSecret')
/** A group in a response. */
export const GroupShape = z
  .object({
    id: z.string(),
    account_id: z.string(),
    name: z.string(),
    caps: z.object({ day: Shown, month: Shown, total: Shown }),
    created_at: z.string().nullable(),
  })
  .openapi('AdminGroup')
/** What a key or a group ever spent. */
export const Spent = { spent: MoneyShape }
/** A key in a list. */
export const ListedKey = KeyShape.extend({
  ...Spent,
  client: z
    .object({ id: z.string(), sends_to: z.string() })
    .nullable()
    .describe('Who uses a connection, whose name is that of its client; null for a key'),
})

type Caps = Partial<Record<keyof typeof KeyCaps, z.infer<typeof Cap>>>

/** Returns the caps that a request names, in micro-dollars; null for none. */
export function capsIn(caps: Caps): Partial<ApiKey['caps']> {
  const named = {
    session: capIn(caps.max_usd_per_session),
    day: capIn(caps.max_usd_per_day),
    month: capIn(caps.max_usd_per_month),
    total: capIn(caps.max_usd_total),
    call: capIn(caps.max_usd_per_call),
    approveAbove: capIn(caps.approve_above_usd),
  }
  return Object.fromEntries(Object.entries(named).filter(([, cap]) => cap !== undefined))
}

/** Returns the changes of a key that a request names. Throws `invalid_input`. */
export function changesIn({
  name,
  scopes,
  models,
  group_id,
  expires_at,
  ...caps
}: z.infer<typeof KeyTerms>) {
  return {
    name,
    scopes,
    models: models === undefined ? undefined : readModelList(models),
    groupId: group_id,
    caps: capsIn(caps),
    expiresAt: typeof expires_at === 'string' ? Date.parse(expires_at) : expires_at,
  }
}

/** Converts a key to its public shape. */
export function shownKey(key: ApiKey, at: number): z.infer<typeof KeyShape> {
  const { session, day, month, total, call, approveAbove } = key.caps
  return {
    id: key.id,
    kind: key.kind,
    account_id: key.accountId,
    name: key.name,
    prefix: key.prefix,
    scopes: key.scopes,
    models: key.models === null ? null : [...key.models],
    group_id: key.groupId,
    caps: {
      session: moneyOrNull(session),
      day: moneyOrNull(day),
      month: moneyOrNull(month),
      total: moneyOrNull(total),
      call: moneyOrNull(call),
      approve_above: moneyOrNull(approveAbove),
    },
    status: statusOf(key, at),
    expires_at: isoOrNull(key.expiresAt),
    last_used_at: isoOrNull(key.lastUsedAt),
    created_at: isoOrNull(key.createdAt),
  }
}

/** Converts a key of a list to its public shape. */
export function listedKey(key: KeyUse, at: number): z.infer<typeof ListedKey> {
  const { spent, client } = key
  return {
    ...shownKey(key, at),
    spent: money(spent),
    client: client === null ? null : { id: client.id, sends_to: client.sendsTo },
  }
}

/** Converts a group to its public shape. */
export function shownGroup({
  id,
  accountId,
  name,
  caps,
  createdAt,
}: KeyGroup): z.infer<typeof GroupShape> {
  const { day, month, total } = caps
  return {
    id,
    account_id: accountId,
    name,
    caps: { day: moneyOrNull(day), month: moneyOrNull(month), total: moneyOrNull(total) },
    created_at: isoOrNull(createdAt),
  }
}

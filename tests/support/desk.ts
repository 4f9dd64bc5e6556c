import type { BrowserContextOptions } from 'playwright-core'
import type { TransactionBody } from '../../src/db/db.ts'
import { newId } from '../../src/ids.ts'
import { suspendAccount } from '../../src/operator/accounts.ts'
import { issueAdminKey, newAdminSecret, type AdminScope } from '../../src/operator/admin-keys.ts'
import { openGroup } from '../../src/operator/groups.ts'
import { temporaryHome, type Home } from './app.ts'
import { openBrowser, type Tab, type TestBrowser } from './browser.ts'
import { issued, serveHttp, type HttpServer } from './http.ts'
import { raise } from '../../src/alerts/outbox.ts'
import { actOf, credit } from './operator-acts.ts'
import { charge, oldAccount } from './spending.ts'

/** An account that tries to break out of the page that shows it. */
export const EVIL = '<img src=x onerror=alert(1)> & "Sons"'

/** Accounts that spent, were refused and are suspended, served to an operator with a browser. */
export type DeskStage = AsyncDisposable & {
  home: Home
  server: HttpServer
  browser: TestBrowser
  /** Ids of the accounts by their names. */
  accounts: Map<string, string>
  /** A key of the first account, and its id. */
  accountKey: string
  accountKeyId: string
  /** Issues an admin key. */
  adminKey(scopes: readonly AdminScope[], name?: string): Promise<{ id: string; key: string }>
}

/** What people wrote, as a test tries it. */
const HOSTILE = { name: EVIL, invoice: 'invoice <7> is "unpaid"', fault: '<b>no space</b>' }

/** The same for pictures. */
export const FRIENDLY: typeof HOSTILE = {
  name: 'Lighthouse & Sons',
  invoice: 'The invoice of October is unpaid.',
  fault: 'the disk is full',
}

const NAMES = ['Harbour Studio', 'Northwind', EVIL, 'Ada & Partners', 'Kiosk', 'Quiet']
const SCHNELL = 'fal-ai/flux/schnell'
const SPENT: readonly (readonly [name: string, daysAgo: number, times: number, model: string])[] = [
  ['Harbour Studio', 21, 4, 'fal-ai/birefnet'],
  ['Harbour Studio', 9, 12, 'fal-ai/flux-2-flex'],
  ['Harbour Studio', 2, 7, SCHNELL],
  ['Harbour Studio', 0, 9, 'fal-ai/flux-2-flex'],
  ['Northwind', 28, 3, SCHNELL],
  ['Northwind', 14, 5, 'minimax/speech-02-hd'],
  ['Northwind', 1, 11, SCHNELL],
  [EVIL, 5, 6, 'fal-ai/flux-2-flex'],
  ['Ada & Partners', 3, 2, 'fal-ai/flux-2-flex'],
]

export async function openDeskStage(words = HOSTILE): Promise<DeskStage> {
  const home = temporaryHome()
  const accounts = new Map<string, string>()
  for (const name of NAMES)
    accounts.set(name, await oldAccount(home, name === EVIL ? words.name : name))
  const idOf = (name: string): string => accounts.get(name) ?? ''
  const harbour = idOf('Harbour Studio')
  const { key: accountKey, id: keyId } = await issued(home, harbour, {
    name: 'site',
    caps: { month: 20_000_000 },
  })
  await issued(home, harbour, { name: 'laptop' })
  for (const [place, [name, daysAgo, times, model]] of SPENT.entries()) {
    const one = { daysAgo, model, ...(name === 'Harbour Studio' && { keyId }) }
    await charge(
      home,
      idOf(name),
      Array.from({ length: times }, () => one),
      String.fromCodePoint(97 + place),
    )
  }
  const adminKey: DeskStage['adminKey'] = async (scopes, name = 'ops') => {
    const { author } = actOf(Date.now(), { by: 'root' })
    const made = { id: newId('adm', author.at), secret: newAdminSecret(), name, scopes }
    await home.withLedger((db) => db.write(() => issueAdminKey(made, author)))
    return { id: made.id, key: made.secret }
  }
  await home.withLedger(async (db) => {
    const now = Date.now()
    const author = () => actOf(now, { by: 'grace' }).author
    await db.write(() => credit({ accountId: idOf(EVIL), amount: 5_000_000 }, now))
    await db.write(() => credit({ accountId: harbour, amount: 2_500_000 }, now))
    await db.write(() => suspendAccount(idOf('Kiosk'), words.invoice, author()))
    const group = {
      id: newId('grp', now),
      accountId: harbour,
      name: 'design',
      caps: { month: 200_000_000 },
    }
    await db.write(() => openGroup(group, author()))
    await db.write(() => troubles(harbour, now))
    await db.write(() =>
      raise([
        { kind: 'store.failing', at: now, details: { reason: words.fault } },
        {
          kind: 'balance.low',
          account_id: idOf('Kiosk'),
          at: now,
          details: { available: 800_000, below: 1_000_000 },
        },
      ]),
    )
  })
  const server = await serveHttp(home)
  const browser = await openBrowser()
  return {
    home,
    server,
    browser,
    accounts,
    accountKey,
    accountKeyId: keyId,
    adminKey,
    [Symbol.asyncDispose]: async () => {
      await browser[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
      home[Symbol.dispose]()
    },
  }
}

/** Costs at the image service, of them some that nobody pays, and refused calls: what the page reads of them. */
function* troubles(accountId: string, now: number): TransactionBody<void> {
  const day = (ago: number): string => new Date(now - ago * 86_400_000).toISOString().slice(0, 10)
  const run = (sql: string) => () => ({ sql, parameters: [] })
  for (const [ago, model, cost, unpaid] of [
    [9, 'fal-ai/flux-2-flex', 480_000, 0],
    [2, SCHNELL, 21_000, 0],
    [2, 'fal-ai/flux-2-flex', 900_000, 900_000],
    [0, 'fal-ai/flux-2-flex', 360_000, 80_000],
  ] as const)
    yield run(`insert into upstream_day (day, account_id, model, count, cost, unknown_count, unpaid_jobs, unpaid_cost)
      values ('${day(ago)}', '${accountId}', '${model}', 9, ${cost}, 0, ${unpaid > 0 ? 2 : 0}, ${unpaid})`)
  for (const [place, code] of ['insufficient_credits', 'rate_limited', 'content_refused'].entries())
    yield run(`insert into refused_call (id, account_id, key_id, session_id, operation, model, code, reason, hour, count, first_at, last_at)
      values ('ref_${place}', '${accountId}', '', '', 'generateImage', '${SCHNELL}', '${code}', 'A reason in words.',
        1, ${3 * place + 1}, ${now - 60_000}, ${now - place * 3_600_000})`)
}

/** Opens the operator's page in a window of its own and signs in with an admin key. */
export async function operating(
  { browser, server }: Pick<DeskStage, 'browser' | 'server'>,
  key: string,
  options: BrowserContextOptions = {},
): Promise<Tab> {
  const tab = await browser.tab(options)
  await tab.page.goto(`${server.url}/admin`)
  await tab.page.getByLabel('Admin key').fill(key)
  await tab.page.getByRole('button', { name: 'Sign in' }).click()
  await tab.page.getByRole('heading', { name: 'Accounts and money' }).waitFor()
  return tab
}

import type { Hono } from 'hono'
import { stream } from 'hono/streaming'
import { listAlerts } from '../../../alerts/outbox.ts'
import { listApprovals } from '../../../approvals/list.ts'
import { listActs } from '../../../operator/audit.ts'
import { DAY_MS } from '../../../ledger/rules.ts'
import { lastDays } from '../../../usage/days.ts'
import { exportCsv } from '../../../usage/export.ts'
import { csvOf } from '../../../usage/csv.ts'
import { keysWithUse } from '../../../usage/keys.ts'
import { houseMargin } from '../../../usage/desk/margin.ts'
import {
  deskAccounts,
  deskFailures,
  FAILURE_DAYS,
  type DeskSources,
} from '../../../usage/desk/overview.ts'
import type { PageContext, WebEnv } from '../env.ts'
import { readAccountsAsked } from './query.ts'
import { requireOperating } from './session.ts'
import {
  accountCells,
  actCells,
  alertCells,
  approvalCells,
  FAILURE_HEADER,
  keyCells,
  marginCells,
} from './cells.ts'

/** Rows that are read at a time: other requests come in between. */
const ROWS = 500
/** Days of the entries of an account, today included. */
const DAYS = 30

type Cells = readonly (readonly (string | number | null)[])[]

/** Routes of the tables of the operator's page as files. Amounts in them are micro-dollars. */
export function deskDownloadRoutes(
  routes: Hono<WebEnv>,
  sources: (context: PageContext) => DeskSources,
): void {
  const serve = csvServer(routes)
  serve('accounts', (context) => {
    const asked = { ...readAccountsAsked(context), limit: ROWS }
    const { now } = context.var.app
    return paged(accountCells, async (after) => {
      const { accounts, next } = await deskAccounts(sources(context), { ...asked, after }, now())
      return { rows: accounts, next: next ?? undefined }
    })
  })
  serve('audit', (context) => {
    const accountId = context.req.query('account') || undefined
    return paged(actCells, async (before) => {
      const asked = { accountId, before, limit: ROWS }
      const { acts, more } = await context.var.app.db.read(() => listActs(asked))
      return { rows: acts, next: more ? acts.at(-1)?.id : undefined }
    })
  })
  serve('alerts', (context) => {
    const accountId = context.req.query('account') || undefined
    return paged(alertCells, async (before) => {
      const asked = { accountId, before, limit: ROWS }
      const { alerts, more } = await context.var.app.db.read(() => listAlerts(asked))
      return { rows: alerts, next: more ? alerts.at(-1)?.id : undefined }
    })
  })
  serve('approvals', async function* approvals(context) {
    const { db, now } = context.var.app
    const accountId = context.req.query('account') || undefined
    const waiting = await db.read(() => listApprovals({ accountId, at: now() }))
    yield [approvalCells.header, ...waiting.map(approvalCells.of)]
  })
  serve('accounts/:id/keys', (context) => {
    const accountId = context.req.param('id') ?? ''
    return paged(keyCells, async (after) => {
      const asked = { accountId, after, limit: ROWS }
      const keys = await context.var.app.reports.read(() => keysWithUse(asked))
      return { rows: keys, next: keys.length < ROWS ? undefined : keys.at(-1)?.id }
    })
  })
  serve('margin', async function* margin(context) {
    const by = context.req.query('by') === 'day' ? 'day' : 'model'
    const report = await houseMargin(sources(context), context.var.app.now())
    yield [
      marginCells.header(by),
      ...(by === 'day' ? report.days : report.models).map(marginCells.of),
    ]
  })
  serve('failures', async function* failures(context) {
    const since = context.var.app.now() - FAILURE_DAYS * DAY_MS
    const { codes } = await deskFailures(sources(context), since)
    yield [
      FAILURE_HEADER,
      ...codes.map(({ code, refused, failed, accounts, lastAt }) => [
        code,
        refused,
        failed,
        accounts,
        new Date(lastAt).toISOString(),
      ]),
    ]
  })
}

/** Routes of the entries of an account in 30 days as a file, and of its refused and failed calls. */
export function deskEntryRoutes(routes: Hono<WebEnv>): void {
  for (const [name, filter] of [
    ['activity', {}],
    ['failures', { kind: 'failed' }],
  ] as const)
    routes.get(`/admin/accounts/:id/${name}.csv`, async (context) => {
      await requireOperating(context)
      const { reports, now } = context.var.app
      const range = lastDays(DAYS, now())
      const csv = await reports.read(() => exportCsv(context.req.param('id'), range, filter))
      return context.body(csv, 200, headersOf(name))
    })
}

function headersOf(name: string) {
  return {
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': `attachment; filename="inkwell-${name}.csv"`,
    'cache-control': 'no-store',
  }
}

/** Returns a function that serves a table as a file: `rowsOf` reads its pages, the header with the first one. */
function csvServer(routes: Hono<WebEnv>) {
  return (name: string, rowsOf: (context: PageContext) => AsyncGenerator<Cells>): void => {
    routes.get(`/admin/${name}.csv`, async (context) => {
      await requireOperating(context)
      const pages = rowsOf(context)
      const first = await pages.next() // what cannot be read is an error page and no half of a file
      const file = headersOf(name.replace(/^.*\//, ''))
      for (const [header, value] of Object.entries(file)) context.header(header, value)
      return stream(context, async (out) => {
        for (let page = first; page.done !== true && !out.aborted; page = await pages.next())
          await out.write(csvOf(page.value))
      })
    })
  }
}

type Columns<T> = { header: Cells[number]; of: (row: T) => Cells[number] }

/** Reads a list page by page: the header comes with the first one. */
async function* paged<T>(
  { header, of }: Columns<T>,
  read: (from: string | undefined) => Promise<{ rows: readonly T[]; next: string | undefined }>,
): AsyncGenerator<Cells> {
  let page = await read(undefined)
  yield [header, ...page.rows.map(of)]
  while (page.next !== undefined) {
    page = await read(page.next)
    yield page.rows.map(of)
  }
}

import type { Page } from '../document.ts'
import { html } from '../html.ts'
import { panel } from '../panel.ts'
import { actsTable, type ShownActs } from './audit.ts'
import { csvLink, deskPage, type DeskFrame } from './frame.ts'

/** A page of the audit log: of one account or of all, and whether older acts follow. */
export type AuditPage = ShownActs & {
  accountId: string | undefined
  isFirst: boolean
  more: boolean
}

/** Renders a page of the audit log. */
export function deskAuditPage(
  frame: DeskFrame,
  { accountId, isFirst, more, ...shown }: AuditPage,
): Page {
  const account = accountId === undefined ? {} : { account: accountId }
  const to = (place: { before?: string }): string =>
    new URLSearchParams({ ...account, ...place }).toString()
  const last = shown.acts.at(-1)
  const body = html`<h1>Audit log</h1>
    ${panel(
      {
        id: 'audit',
        title:
          accountId === undefined
            ? 'Acts of operators'
            : html`Acts on <bdi>${shown.names.get(accountId) ?? accountId}</bdi>`,
        aside: csvLink(`/admin/audit.csv?${to({})}`),
        isLive: false,
      },
      html`${actsTable(shown)}
        <nav class="pager" aria-label="Pages of the audit log">
          ${!isFirst && html`<a class="button quiet" href="/admin/audit?${to({})}">Newest</a>`}
          ${more && last !== undefined && html`<a class="button quiet" rel="next" href="/admin/audit?${to({ before: last.id })}">Older</a>`}
        </nav>`,
    )}`
  return deskPage(frame, { title: 'Audit log', body })
}

import { ERROR_CODES } from '../../src/errors.ts'
import { ROWS } from '../../tests/support/hints/rows.ts'
import type { Face } from '../../tests/support/hints/row.ts'
import { code, table } from './markdown.ts'

const READ: Record<Face, string> = {
  stdio: 'stdio',
  http: 'MCP over HTTP',
  rest: 'REST',
  call: '`inkwell call`',
  command: 'a command',
}

/** What every code means, and where the hints of each lead: the rows that a test goes. */
export function errorsPage(): string {
  const codes = Object.entries(ERROR_CODES)
  const meanings = codes.map(([name, { status, retryable, means }]) => [
    code(name),
    String(status),
    retryable ? 'yes' : 'no',
    means,
  ])
  const ways = codes.flatMap(([name, { status, retryable }]) =>
    ROWS.filter((row) => row.code === name).map(({ face, asked, hint, ends }) => [
      code(name),
      String(status),
      retryable ? 'yes' : 'no',
      READ[face],
      asked,
      hint,
      ends,
    ]),
  )
  return [
    '# Error codes',
    'Every refusal and failure has one of these codes. A tool answers it as a result with `isError: true` whose ' +
      '`structuredContent.error` holds `code`, `message`, `hint`, `retryable` and `charged`, and where they apply the amounts ' +
      '`required`, `available`, `limit`, `spent`, `held`, the `scope` of the budget and the `affordable` models. ' +
      'The status is what HTTP answers. Retryable means that the same call may succeed later.',
    table(['Code', 'Status', 'Retryable', 'Meaning'], meanings),
    '## Where the hints lead',
    'A hint is the next step, and names only what exists where it is read: tools for agents, commands and settings at ' +
      'this machine, neither for the REST API. Each of these hints is followed by a test, which finds what the last column says. ' +
      'A stop is where somebody else has to act. `…` stands for what differs from call to call.',
    table(['Code', 'Status', 'Retryable', 'Read by', 'Asked was', 'Hint', 'Leads to'], ways),
  ].join('\n\n')
}

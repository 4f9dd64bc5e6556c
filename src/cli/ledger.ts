import { closeSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import type { Command } from 'commander'
import { dump, restore } from '../db/dump.ts'
import { AppError } from '../errors.ts'
import { indexAllPrompts } from '../generations/search.ts'
import { newId } from '../ids.ts'
import { refund } from '../ledger/ledger.ts'
import { findDifference, INVARIANTS } from '../verify.ts'
import { commandLineCaller } from './caller.ts'
import type { Terminal, WithTerminal } from './terminal.ts'
import { linesOf } from './lines.ts'
import { marginCommand } from './margin.ts'

/** `inkwell ledger verify`, `refund`, `export`, `import` and `margin`. */
export function ledgerCommand(root: Command, withTerminal: WithTerminal): void {
  const ledger = root
    .command('ledger')
    .description('verify the ledger, refund a charge, move the ledger, or show the margin')
  ledger
    .command('verify')
    .description('recompute every balance and counter from the entries')
    .option('--json', 'print JSON')
    .action((options: { json?: true }) => withTerminal((terminal) => verify(terminal, options)))
  ledger
    .command('refund <generation>')
    .description('give back what a generation of the local account was charged')
    .action((id: string) => withTerminal((terminal) => refundGeneration(terminal, id)))
  ledger
    .command('export <file>')
    .description('write the whole ledger to a new file, in one consistent state; servers may go on')
    .action((file: string) => withTerminal((terminal) => exportTo(terminal, file)))
  ledger
    .command('import <file>')
    .description('fill an empty ledger, such as a new PostgreSQL database, from an exported file')
    .action((file: string) => withTerminal((terminal) => importFrom(terminal, file)))
  marginCommand(ledger, withTerminal)
}

async function verify(
  { app, print, printJson, fail }: Terminal,
  { json }: { json?: true },
): Promise<void> {
  const difference = await app.db.read(findDifference)
  const count = Object.keys(INVARIANTS).length
  if (difference !== null) fail()
  if (json) return printJson({ ok: difference === null, invariants: count, difference })
  if (difference === null) print(`  Ledger verified: all ${count} invariants hold.`)
  else print(`  Ledger differs: ${difference.invariant}`, `  ${JSON.stringify(difference.row)}`)
}

async function refundGeneration({ app, print }: Terminal, id: string): Promise<void> {
  const { account } = commandLineCaller(app)
  const at = app.now()
  const refundId = newId('txn_refund', at)
  const isRefunded = await app.db.write(() => refund(account.id, id, at, refundId))
  print(isRefunded ? `  ${id} is refunded.` : `  ${id} was refunded before.`)
}

async function exportTo({ app, print }: Terminal, file: string): Promise<void> {
  const handle = openFile(file, 'wx')
  const rows = await app.db.read(() => {
    ftruncateSync(handle) // the transaction may be retried from the start
    return dump(app.mode, (line) => void writeSync(handle, line))
  })
  fsyncSync(handle)
  closeSync(handle)
  print(
    `  ${rows} rows are in ${file}. It holds hashes of API keys: keep it as you keep the ledger.`,
  )
}

async function importFrom({ app, print }: Terminal, file: string): Promise<void> {
  closeSync(openFile(file, 'r'))
  const rows = await app.db
    .write(function* filled() {
      const count = yield* restore(app.mode, linesOf(file))
      yield* indexAllPrompts({})
      const difference = yield* findDifference()
      if (difference !== null) throw differs(difference)
      return count
    })
    .catch((cause: unknown) => {
      throw cause instanceof AppError ? cause : differs(cause)
    })
  print(`  ${rows} rows are imported and read back, and the ledger is verified.`)
}

function openFile(file: string, flags: 'r' | 'wx'): number {
  try {
    return openSync(file, flags, 0o600)
  } catch (cause) {
    const message = `${file} could not be ${flags === 'r' ? 'read' : 'made'}.`
    const hint =
      flags === 'r' ? 'Give a file that `inkwell ledger export <file>` wrote.' : 'Name a new file.'
    throw new AppError('invalid_input', message, { hint, cause })
  }
}

function differs(cause: unknown): AppError {
  return new AppError(
    'invalid_input',
    'The file does not hold a valid ledger; nothing was imported.',
    {
      hint: 'Run `inkwell ledger verify` where it was exported, and export it again.',
      cause,
    },
  )
}

import { closeSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import type { Command } from 'commander'
import { dump, restore } from '../db/dump.ts'
import { AppError } from '../errors.ts'
import { indexAllPrompts } from '../generations/search.ts'
import { acceptClock } from '../ledger/clock-changes.ts'
import { fillSums } from '../ledger/fill-sums.ts'
import { recordOldRefunds } from '../operator/audit.ts'
import { checkpointCommand } from './checkpoint.ts'
import { KEYS_OPTION } from './receipts.ts'
import { findDifference } from '../verify.ts'
import type { Terminal, WithTerminal } from './terminal.ts'
import { initCommand } from './ledger-init.ts'
import { linesOf } from './lines.ts'
import { marginCommand } from './margin.ts'
import { refundCommand } from './refund.ts'
import { verify, type VerifyOptions } from './verify.ts'
import { iso } from '../text.ts'

/** `inkwell ledger verify`, `checkpoint`, `accept-clock`, `init`, `refund`, `export`, `import` and `margin`. */
export function ledgerCommand(root: Command, withTerminal: WithTerminal): void {
  const ledger = root
    .command('ledger')
    .description('verify the ledger, refund a charge, move the ledger, or show the margin')
  ledger
    .command('verify')
    .description('recompute every balance and counter from the entries since the last proof')
    .option('--full', 'from all entries, holds, generations and files')
    .option('--account <id>', 'all of one account only')
    .option('--against <checkpoint>', 'compare the entries with a signed checkpoint in a file')
    .option(...KEYS_OPTION)
    .option('--json', 'print JSON')
    .action((options: VerifyOptions) => withTerminal((terminal) => verify(terminal, options)))
  checkpointCommand(ledger, withTerminal)
  ledger
    .command('accept-clock')
    .description('go on from the time of the clock, where the newest entry has a later, wrong one')
    .action(() => withTerminal(acceptClockNow))
  initCommand(ledger)
  refundCommand(ledger, withTerminal)
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

async function acceptClockNow({ app, print }: Terminal): Promise<void> {
  const at = app.now()
  const accounts = await app.db.write(() => acceptClock(at))
  print(
    accounts === 0
      ? `  It is ${iso(at)}, and no entry is later: nothing was changed.`
      : `  New entries go on from ${iso(at)}; ${accounts} accounts have later ones, which stay as they are.`,
  )
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
    `  ${rows} rows are in ${file}. It holds hashes of API keys and the key that signs receipts: keep it as you keep the ledger.`,
  )
}

async function importFrom({ app, print }: Terminal, file: string): Promise<void> {
  closeSync(openFile(file, 'r'))
  const rows = await app.db
    .write(function* filled() {
      const count = yield* restore(app.mode, linesOf(file))
      yield* fillSums()
      yield* indexAllPrompts({})
      yield* recordOldRefunds()
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

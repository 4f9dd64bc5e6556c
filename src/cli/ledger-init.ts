import type { Command } from 'commander'
import { createApp } from '../app.ts'
import { loadConfig } from '../config.ts'
import { setTracesAside, traceOfLostLedger } from '../db/lost-ledger.ts'
import { AppError } from '../errors.ts'
import { newestEntryTime } from '../ledger/clock-changes.ts'

type Options = { force?: true }

/** `inkwell ledger init`. It reads the settings itself, because every other command refuses to begin a ledger anew. */
export function initCommand(ledger: Command): void {
  ledger
    .command('init')
    .description('begin a new ledger')
    .option('--force', 'also where files of a ledger that is lost are left: they are renamed')
    .action((options: Options) => init(options))
}

async function init({ force }: Options): Promise<void> {
  const config = loadConfig(undefined, 'silent')
  const { database, home } = config
  const print = (line: string): void => void process.stdout.write(`  ${line}\n`)
  if (database.engine === 'sqlite') {
    const trace = traceOfLostLedger(database.file, home)
    if (trace !== null && force !== true)
      throw new AppError('invalid_input', `A ledger was here: ${trace} are left.`, {
        hint: 'Put its file back, or add --force to begin a new one.',
      })
    if (trace !== null)
      for (const path of setTracesAside(database.file, Date.now())) print(`${path} is kept.`)
  }
  const app = createApp(config)
  try {
    const hasEntries = (await app.db.read(newestEntryTime)) > 0
    print(
      hasEntries ? 'The ledger is there already; nothing was changed.' : 'A new ledger is there.',
    )
  } finally {
    await app.close()
  }
}

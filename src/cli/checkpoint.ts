import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Command } from 'commander'
import { AppError } from '../errors.ts'
import { compareWithCheckpoint, issueCheckpoint } from '../receipts/signed-checkpoint.ts'
import { keysIn, readText } from './receipts.ts'
import type { Terminal, WithTerminal } from './terminal.ts'

/** `inkwell ledger checkpoint`. */
export function checkpointCommand(ledger: Command, withTerminal: WithTerminal): void {
  ledger
    .command('checkpoint')
    .description('prove the new entries, and sign which entries each account has; prints a JWS')
    .option('--out <file>', 'write it to a new file instead')
    .action((options: { out?: string }) => withTerminal((terminal) => issue(terminal, options)))
}

async function issue({ app, print, fail }: Terminal, { out }: { out?: string }): Promise<void> {
  const issued = await issueCheckpoint(app)
  if ('difference' in issued) {
    fail()
    const { invariant, row } = issued.difference
    return print(`  Nothing was signed: ${invariant}`, `  ${JSON.stringify(row)}`)
  }
  if (out === undefined) return print(issued.jws)
  writeNew(out, `${issued.jws}\n`)
  const accounts = Object.keys(issued.checkpoint.accounts).length
  print(`  ${out} holds the entries of ${accounts} accounts. Keep it away from this ledger.`)
}

/** Compares the entries with a signed checkpoint. Exit code 1 if they differ. */
export async function compare(
  { app, print, printJson, fail }: Terminal,
  file: string,
  { keys, json }: { keys?: string; json?: true },
): Promise<void> {
  const { checkpoint, broken } = await compareWithCheckpoint(
    app.db,
    readText(file),
    await keysIn(app, keys),
  )
  if (broken !== null) fail()
  if (json) return printJson({ ok: broken === null, at: checkpoint.at, difference: broken })
  print(
    broken === null
      ? `  No entry was changed, removed or added since before ${checkpoint.at}.`
      : `  Ledger differs: among the first ${broken.entries} entries of ${broken.accountId} one was changed, removed or added since ${checkpoint.at}.`,
  )
}

function writeNew(file: string, text: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeFileSync(file, text, { flag: 'wx', mode: 0o600 })
  } catch (cause) {
    throw new AppError('invalid_input', `${file} could not be made.`, {
      hint: 'Name a new file.',
      cause,
    })
  }
}

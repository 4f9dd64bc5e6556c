import type { Command } from 'commander'
import { refund } from '../ledger/ledger.ts'
import { findDifference, INVARIANTS } from '../ledger/verify.ts'
import { commandLineCaller } from './caller.ts'
import type { Terminal, WithTerminal } from './command.ts'

/** `inkwell ledger verify` and `inkwell ledger refund`. */
export function ledgerCommand(root: Command, withTerminal: WithTerminal): void {
  const ledger = root.command('ledger').description('prove the ledger, or give back a charge')
  ledger
    .command('verify')
    .description('recompute every balance and counter from the entries')
    .option('--json', 'print JSON')
    .action((options: { json?: true }) => withTerminal((terminal) => verify(terminal, options)))
  ledger
    .command('refund <generation>')
    .description('give back what a generation of the local account was charged')
    .action((id: string) => withTerminal((terminal) => giveBack(terminal, id)))
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

async function giveBack({ app, print }: Terminal, id: string): Promise<void> {
  const { account } = commandLineCaller(app)
  const given = await app.db.write(() => refund(account.id, id, app.generations.now()))
  print(given ? `  ${id} is refunded.` : `  ${id} was refunded before.`)
}

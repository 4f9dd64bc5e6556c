import type { Command } from 'commander'
import { openStores, storeAt } from '../adapters.ts'
import { displayBytes } from '../bytes.ts'
import { moveFiles } from '../generations/move.ts'
import type { Terminal, WithTerminal } from './terminal.ts'

type MoveOptions = { to: string; json?: true }

/** `inkwell assets move`. */
export function assetsCommand(root: Command, withTerminal: WithTerminal): void {
  const assets = root.command('assets').description('move the files of results and uploads')
  assets
    .command('move')
    .description('copy all files to another store, compare their hashes, and use them there')
    .requiredOption('--to <store>', 's3://bucket/prefix?…, as INKWELL_OUTPUT_STORE, or folder')
    .option('--json', 'print JSON')
    .action((options: MoveOptions) => withTerminal((terminal) => move(terminal, options)))
}

async function move(
  { app, print, printJson, stage, fail }: Terminal,
  { to: place, json }: MoveOptions,
): Promise<void> {
  const { config, db, log } = app
  const to = storeAt(config, place)
  const moved = await moveFiles({ db, log, stores: openStores(config), to }, (now) =>
    stage(`${now.moved} files moved`),
  )
  if (moved.missing + moved.damaged > 0) fail()
  if (json) return printJson({ to: to.name, ...moved })
  print(`  Moved ${moved.moved} files (${displayBytes(moved.bytes)}) to ${to.name}.`)
  if (moved.missing > 0) print(`  ${moved.missing} files are not where they were stored.`)
  if (moved.damaged > 0)
    print(`  ${moved.damaged} files are not as they were made, and stay where they are.`)
}

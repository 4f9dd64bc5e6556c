import type { Command } from 'commander'
import { openStores, storeAt } from '../adapters.ts'
import { displayBytes } from '../bytes.ts'
import { erase, ownerOf } from '../generations/erase.ts'
import { moveFiles } from '../generations/move.ts'
import { removeAllCopies } from '../generations/remove-copies.ts'
import { noteRemoval } from '../operator/accounts.ts'
import { leftLine } from './erase.ts'
import { BY_OPTION, authorHere } from './money-act.ts'
import type { Terminal, WithTerminal } from './terminal.ts'

type MoveOptions = { to: string; from?: string; removeSource?: true; json?: true }
type RemoveOptions = { reason?: string; by?: string; json?: true }

/** `inkwell assets move` and `inkwell assets remove`. */
export function assetsCommand(root: Command, withTerminal: WithTerminal): void {
  const assets = root
    .command('assets')
    .description('move and remove the files of results and uploads')
  assets
    .command('move')
    .description('copy all files to another store, compare their hashes, and use them there')
    .requiredOption('--to <store>', 's3://bucket/prefix?…, as INKWELL_OUTPUT_STORE, or folder')
    .option('--from <store>', 'a store that the settings do not name any more, to read from it too')
    .option('--remove-source', 'then remove the copies that this and earlier moves left')
    .option('--json', 'print JSON')
    .action((options: MoveOptions) => withTerminal((terminal) => move(terminal, options)))
  assets
    .command('remove <id>')
    .description(
      'remove a file (asset_…), or all files and the prompt of a generation (gen_…), for ever: nothing brings them back; the charge stays',
    )
    .option('--reason <text>', 'why, for the audit log')
    .option(...BY_OPTION)
    .option('--json', 'print JSON')
    .action((id: string, options: RemoveOptions) =>
      withTerminal((terminal) => remove(terminal, id, options)),
    )
}

async function move(
  { app, print, printJson, stage, fail }: Terminal,
  { to: place, from, removeSource, json }: MoveOptions,
): Promise<void> {
  const { config, db, log } = app
  const to = storeAt(config, place, '--to')
  const stores = openStores(config, from === undefined ? [] : [storeAt(config, from, '--from')])
  const moved = await moveFiles({ db, log, stores, to }, (now) => stage(`${now.moved} files moved`))
  const removed = removeSource ? await removeAllCopies(db, stores) : null
  if (moved.missing + moved.damaged > 0) fail()
  if (json) return printJson({ to: to.name, ...moved, ...removed })
  print(`  Moved ${moved.moved} files (${displayBytes(moved.bytes)}) to ${to.name}.`)
  if (moved.missing > 0) print(`  ${moved.missing} files are not where they were stored.`)
  if (moved.damaged > 0)
    print(`  ${moved.damaged} files are not as they were made, and stay where they are.`)
  if (removed !== null)
    print(`  Removed the old copies of ${removed.copies} files.`, ...leftLine(removed.left))
  else if (moved.moved > 0)
    print('  The old copies stay until --remove-source, or until the file itself is removed.')
}

async function remove(
  { app, print, printJson }: Terminal,
  id: string,
  { reason, by, json }: RemoveOptions,
): Promise<void> {
  const author = authorHere(app, by)
  const accountId = await app.db.write(function* note() {
    const account = yield* ownerOf(id)
    yield* noteRemoval({ accountId: account, id }, reason ?? null, author)
    return account
  })
  const { files, bytes, prompts, left } = await erase(app.pruning, { accountId, id })
  if (json) return printJson({ id, account: accountId, files, bytes, prompts, left })
  const forgot = prompts > 0 ? ' and its prompt' : ''
  print(
    `  Removed ${files} ${files === 1 ? 'file' : 'files'} (${displayBytes(bytes)})${forgot}. The charge stays.`,
    ...leftLine(left),
  )
}

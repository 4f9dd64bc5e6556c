import type { Command } from 'commander'
import { displayBytes } from '../bytes.ts'
import { prune } from '../generations/prune.ts'
import type { Terminal, WithTerminal } from './terminal.ts'

type PruneOptions = { dryRun?: boolean; json?: true }

/** `inkwell prune`. */
export function pruneCommand(root: Command, withTerminal: WithTerminal): void {
  root
    .command('prune')
    .description(
      'remove files and prompts that are older than they are kept; serve does it by itself',
    )
    .option('--dry-run', 'only count them')
    .option('--json', 'print JSON')
    .action((options: PruneOptions) => withTerminal((terminal) => run(terminal, options)))
}

async function run({ app, print, printJson }: Terminal, { dryRun = false, json }: PruneOptions) {
  const pruned = await prune(app.pruning, { dryRun })
  if (json) return printJson({ dryRun, ...pruned })
  const { files, bytes, prompts, idempotencyKeys, sessions, refusals } = pruned
  const { keep } = app.pruning
  const kept = (ms: number | null, name: string): string =>
    ms === null ? `kept for ever (${name})` : `kept ${ms / 86_400_000} days`
  print(
    `  ${dryRun ? 'Would remove' : 'Removed'} ${files} files, ${displayBytes(bytes)}; ${kept(keep.files, 'INKWELL_KEEP_FILES')}.`,
    `  ${dryRun ? 'Would forget' : 'Forgot'} ${prompts} prompts; ${kept(keep.prompts, 'INKWELL_KEEP_PROMPTS')}.`,
  )
  if (!dryRun)
    print(
      `  Dropped ${idempotencyKeys} idempotency keys, ${sessions} sessions and ${refusals} refusals.`,
    )
}

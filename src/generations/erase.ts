import { query, type Db, type TransactionBody } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { forgetPrompts, type PruneDeps } from './prune.ts'
import { dropRefusalsOf, PAGE } from './prune-queries.ts'
import { selectLinkedAsset } from './queries.ts'
import { removeFiles, type Removed } from './remove-files.ts'

/** All content of an account, or that of one generation or file of it. */
type Content = { accountId: string; id?: string }

/** What was removed. `running` generations were left: they have not ended. */
export type Erased = Removed & { prompts: number; running: number }

/**
 * Removes content for ever, wherever a copy of it is known. The money stays, and is still proven. It may be interrupted
 * and run again. Throws `ledger_unavailable`.
 */
export async function erase(deps: PruneDeps, content: Content): Promise<Erased> {
  const erased: Erased = { files: 0, bytes: 0, left: [], prompts: 0, running: 0 }
  await removeFiles(deps, content, erased)
  await removeFiles(deps, content, erased) // what was on its way to another store meanwhile
  erased.prompts = await forgetPrompts(deps, content)
  if (content.id === undefined) await dropRefusals(deps.db, content.accountId)
  erased.running = (await deps.db.read(() => runningOf(content))).length
  return erased
}

/** The reasons of refused calls repeat what callers wrote. */
async function dropRefusals(db: Db, account_id: string): Promise<void> {
  while ((await db.write(() => dropRefusalsOf({ account_id }))).length === PAGE);
}

function* runningOf({ accountId, id }: Content) {
  return yield* query((db) => {
    const running = db
      .selectFrom('generation')
      .select('id')
      .where('account_id', '=', accountId)
      .where('finished_at', 'is', null)
    return id === undefined ? running : running.where('id', '=', id)
  })
}

/**
 * Returns the account of a generation or file. Throws `not_found`, and `invalid_input` for a generation that has not
 * ended.
 */
export function* ownerOf(id: string): TransactionBody<string> {
  const [asset] = yield* selectLinkedAsset({ id })
  const [made] = yield* query((db) =>
    db.selectFrom('generation').select(['account_id', 'finished_at']).where('id', '=', id),
  )
  if (made !== undefined && made.finished_at === null) throw stillRunning(id)
  const account = (asset ?? made)?.account_id
  if (account !== undefined) return account
  throw new AppError('not_found', 'There is no file or generation with this id.', {
    hint: 'Use an asset_… or gen_… id from a result.',
    localHint: '`inkwell usage history --json` lists generations of this machine.',
  })
}

function stillRunning(id: string): AppError {
  return new AppError('invalid_input', `${id} has not ended yet.`, {
    hint: 'Remove its content once it has.',
    localHint: '`inkwell usage history` shows when it has: remove its content then.',
  })
}

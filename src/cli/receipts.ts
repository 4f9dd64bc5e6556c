import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { Command } from 'commander'
import * as z from 'zod'
import { crypto } from '../crypto.ts'
import { AppError } from '../errors.ts'
import type { JWK } from '../receipts/jws.ts'
import { issueReceipt, readReceipt, type Receipt } from '../receipts/receipt.ts'
import { publicKeys, rotateKey } from '../receipts/signing-keys.ts'
import { readJson } from '../text.ts'
import type { Terminal, WithTerminal } from './terminal.ts'

type VerifyOptions = { keys?: string; json?: true }

/** The option for the keys that signed a text. */
export const KEYS_OPTION = [
  '--keys <file>',
  'the public keys of the server that signed it: its /.well-known/jwks.json (default: those of this ledger)',
] as const

/** `inkwell receipts get`, `verify` and `rotate`. */
export function receiptsCommand(root: Command, withTerminal: WithTerminal): void {
  const receipts = root
    .command('receipts')
    .description('signed proof of what was charged, and for which files')
  receipts
    .command('get <generation>')
    .description('sign what a generation was charged; prints a JWS')
    .option('--json', 'print it with what it says, as JSON')
    .action((id: string, options: { json?: true }) =>
      withTerminal((terminal) => get(terminal, id, options)),
    )
  receipts
    .command('verify <receipt> [files...]')
    .description('check a receipt in a file (`-` for stdin), and that files are those it names')
    .option(...KEYS_OPTION)
    .option('--json', 'print JSON')
    .action((receipt: string, files: string[], options: VerifyOptions) =>
      withTerminal((terminal) => verify(terminal, { receipt, files }, options)),
    )
  receipts
    .command('rotate')
    .description('sign with a new key from now on; older receipts still verify')
    .action(() =>
      withTerminal(async ({ app, print }) => {
        print(`  Key ${await rotateKey(app.db, app.now())} signs from now on.`)
      }),
    )
}

async function get(
  { app, print, printJson }: Terminal,
  id: string,
  { json }: { json?: true },
): Promise<void> {
  const { receipt, jws } = await issueReceipt(app, id)
  if (json) return printJson({ receipt: jws, ...receipt })
  print(jws)
}

async function verify(
  { app, print, printJson, fail }: Terminal,
  given: { receipt: string; files: string[] },
  { keys, json }: VerifyOptions,
): Promise<void> {
  const { receipt, kid } = await readReceipt(readText(given.receipt), await keysIn(app, keys))
  const files = given.files.map((file) => found(file, receipt))
  if (files.some(({ id }) => id === null)) fail()
  if (json) return printJson({ valid: true, kid, ...receipt, compared: files })
  const { account, amount, model, charged_at, refund, entry } = receipt
  print(
    `  ${receipt.generation}: ${amount.display} for ${model}, charged ${charged_at}`,
    `  Account ${account}, entry ${entry}${refund === null ? '' : `, given back ${refund.refunded_at} by entry ${refund.entry}`}`,
    `  Signed by key ${kid}.`,
    ...files.map(({ file, id }) =>
      id === null ? `  ${file} is none of its files.` : `  ${file} is its file ${id}.`,
    ),
  )
}

function found(path: string, { files }: Receipt): { file: string; id: string | null } {
  const sha256 = crypto().createHash('sha256').update(read(path)).digest('hex')
  return { file: basename(path), id: files.find((file) => file.sha256 === sha256)?.id ?? null }
}

/** Returns the public keys in a file, or those of the ledger if none is named. Throws `invalid_input`. */
export async function keysIn({ db }: Terminal['app'], file: string | undefined): Promise<JWK[]> {
  if (file === undefined) return await db.read(publicKeys)
  const parsed = KeysShape.safeParse(readJson(readText(file)))
  if (parsed.success) return parsed.data.keys
  throw new AppError('invalid_input', `${file} holds no public keys.`, {
    hint: 'Save what /.well-known/jwks.json of the server answers, and give that file.',
  })
}

const KeysShape = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) })

/** Returns the text of a file, or of stdin for `-`. Throws `invalid_input`. */
export function readText(file: string): string {
  return read(file === '-' ? 0 : file).toString('utf8')
}

function read(file: string | 0): Buffer {
  try {
    return readFileSync(file)
  } catch (cause) {
    throw new AppError('invalid_input', `${file === 0 ? 'stdin' : file} cannot be read.`, {
      hint: 'Name a file that is there.',
      cause,
    })
  }
}

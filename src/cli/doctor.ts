import type { Command } from 'commander'
import type { App } from '../app.ts'
import type { Config } from '../config.ts'
import { displayBytes } from '../bytes.ts'
import { DIFFERENCE_SHOWN_MS } from '../clock.ts'
import { countTroubles } from '../billing/queries.ts'
import { AppError } from '../errors.ts'
import { isFolder } from '../folder.ts'
import { UNPAID_WINDOW_MS } from '../generations/admission.ts'
import { verifyLedger } from '../verify.ts'
import { OUTPUT_SPACE } from '../media/disk-space.ts'
import { getSharp } from '../media/sharp.ts'
import { display, displayBalance } from '../money.ts'
import { accountStatus } from '../usage/account-status.ts'
import { unpaidSince } from '../usage/unpaid.ts'
import { VERSION } from '../version.ts'
import { commandLineCaller, PERSON_HERE } from './caller.ts'
import type { Terminal, WithTerminal } from './terminal.ts'
import { UNLISTED_MODELS, unlistedAdvice } from './unlisted.ts'

/** The result of one check. `warns` marks something that works but may not be intended. */
type Check = { name: string; ok: boolean; warns?: true; says: string }

/** `inkwell doctor`. */
export function doctorCommand(root: Command, withTerminal: WithTerminal): void {
  root
    .command('doctor')
    .description('show what is configured, what would happen and what is missing')
    .option('--json', 'print JSON')
    .action((options: { json?: true }) => withTerminal((terminal) => examine(terminal, options)))
}

async function examine(
  { app, print, printJson, fail }: Terminal,
  { json }: { json?: true },
): Promise<void> {
  const checks = [
    ...settings(app),
    ...variables(app.config),
    await ledger(app),
    ...(await engine(app)),
    ...clock(app),
    await payments(app),
    await unpaidWork(app),
    await outputFolder(app),
    await inputFolders(app.config),
    await imageLibrary(),
  ]
  if (checks.some(({ ok }) => !ok)) fail()
  if (json) return printJson({ ok: checks.every(({ ok }) => ok), checks })
  const width = Math.max(...checks.map(({ name }) => name.length))
  const mark = ({ ok, warns }: Check): string => (!ok ? '✗' : warns ? '!' : '✓')
  print(...checks.map((one) => `  ${mark(one)} ${one.name.padEnd(width)}  ${one.says}`))
}

function settings({ config, mode }: App): Check[] {
  const { budgets, fal } = config
  const cap = (limit: number | null, name: string): string =>
    `${name} ${limit === null ? 'none' : display(limit)}`
  const caps = [
    cap(budgets.session, 'session'),
    cap(budgets.day, 'day'),
    cap(budgets.month, 'month'),
  ]
  const images = {
    test: 'drawn on this machine, paid with test credits',
    live:
      fal.ownKey === undefined
        ? 'fal.ai, paid with credits'
        : 'fal.ai on your own account, no credits',
  }
  return [
    { name: 'Version', ok: true, says: `inkwell-mcp ${VERSION}, Node.js ${process.versions.node}` },
    {
      name: 'Mode',
      ok: true,
      says: `${mode}: images are ${images[mode]}${mode === 'test' ? '; FAL_KEY makes them real' : ''}`,
    },
    { name: 'Budgets', ok: true, says: caps.join(', ') },
    {
      name: 'Unlisted',
      ok: true,
      says: unlistedAdvice(config) ?? UNLISTED_MODELS[config.unknownModels],
    },
  ]
}

/** Lists the variables in use, without their values, and the warnings about ignored ones. */
function variables({ variables: set, warnings }: Config): Check[] {
  const counting = set.length === 0 ? 'no variable is set' : `set are ${set.join(', ')}`
  return [
    { name: 'Settings', ok: true, says: counting },
    ...warnings.map((says): Check => ({ name: 'Settings', ok: true, warns: true, says })),
  ]
}

/** A missing folder is only a warning: it may be created later, and until then nothing is read from it. */
async function inputFolders({ inputDirs }: Config): Promise<Check> {
  const there = await Promise.all(inputDirs.map(isFolder))
  const missing = inputDirs.filter((_, place) => there[place] === false)
  const says = `files are read from ${inputDirs.join(', ')}`
  if (missing.length === 0) return { name: 'Inputs', ok: true, says }
  const warning = `${says}; no folder of this name: ${missing.join(', ')}`
  return { name: 'Inputs', ok: true, warns: true, says: warning }
}

async function ledger(app: App): Promise<Check> {
  const { ok, says } = await check('Ledger', async () => {
    const caller = commandLineCaller(app)
    await app.ready(caller)
    await app.generations.guard.assertUsable()
    const { difference } = await app.db.read(() => verifyLedger(false))
    if (difference !== null)
      throw new AppError('internal', `it differs: ${difference.invariant}.`, {
        hint: 'Run `inkwell ledger verify`.',
      })
    const { balance } = await app.db.read(() => accountStatus(caller, app.now()))
    return `verified, balance ${displayBalance(balance.available)}`
  })
  return { name: 'Ledger', ok, says: `${placeOf(app.config)}: ${says}` }
}

/** What the database server is. Warns of what is off. */
async function engine({ db }: App): Promise<Check[]> {
  const about = await db.status.about().catch(() => null) // the check of the ledger says why
  if (about === null) return []
  const { engine: name, off } = about
  if (off.length === 0) return [{ name: 'Database', ok: true, says: name }]
  return [{ name: 'Database', ok: true, warns: true, says: `${name}: ${off.join('; ')}` }]
}

/** Warns if the clocks of this machine and of the database differ. The check of the ledger fails if it is too much. */
function clock({ generations }: App): Check[] {
  const difference = generations.guard.clockDifferenceMs()
  if (Math.abs(difference) <= DIFFERENCE_SHOWN_MS) return []
  const seconds = (Math.abs(difference) / 1000).toFixed(1)
  const says = `the clock of this machine is ${seconds} s ${difference > 0 ? 'ahead of' : 'behind'} that of the database, which dates the entries`
  return [{ name: 'Clock', ok: true, warns: true, says }]
}

/** Returns the place of the ledger, without the password of its server. */
function placeOf({ database }: Config): string {
  if (database.engine === 'sqlite') return database.file
  const { host, pathname } = new URL(database.url)
  return `PostgreSQL at ${host}${pathname}`
}

async function payments({ config: { stripe, mode }, db }: App): Promise<Check> {
  return await check('Payments', async () => {
    const { deadLetters, aside } = await db.read(countTroubles)
    if (deadLetters + aside > 0)
      throw new AppError(
        'internal',
        `${aside} put aside, ${deadLetters} events could not be processed.`,
        {
          hint: 'The log names them. Refund at Stripe what was put aside; such an event is tried again by itself.',
        },
      )
    if (stripe !== null)
      return `Stripe with a ${mode} key, ${stripe.webhookSecret === undefined ? 'no webhook: purchases are settled by asking' : 'and a webhook'}`
    return mode === 'test'
      ? 'the test checkout, with test money'
      : 'none: nothing can be bought; STRIPE_SECRET_KEY sets it up'
  })
}

async function unpaidWork({ config, db, generations: { now } }: App): Promise<Check> {
  return await check('Unpaid work', async () => {
    const { jobs, cost, unknownCount, mostOfAccount } = await db.read(() =>
      unpaidSince(now() - UNPAID_WINDOW_MS),
    )
    const limit = `an account may leave ${config.unpaidJobsPerHour} an hour (INKWELL_MAX_UNPAID_JOBS_PER_HOUR)`
    if (jobs === 0) return `none in the last hour; ${limit}`
    const unknown = unknownCount === 0 ? '' : ' and what is not known'
    return `${jobs} jobs in the last hour for ${display(cost)}${unknown}, ${mostOfAccount} of one account; ${limit}`
  })
}

async function outputFolder({
  config: { outputDir, outputStore },
  generations: { diskSpace },
}: App): Promise<Check> {
  const place = outputStore === null ? outputDir : outputStore.name
  return await check('Outputs', async () => {
    await diskSpace.assertFits(OUTPUT_SPACE).catch((cause: unknown) => {
      if (!(cause instanceof AppError)) throw cause
      const { code, message, hint, localHint } = cause
      throw new AppError(code, `saved in ${place}: ${message}`, { hint, localHint, cause })
    })
    const free = await diskSpace.free()
    const space = free === null ? 'space unknown' : `${displayBytes(free)} free`
    if (outputStore === null) return `saved in ${outputDir}, ${space}`
    return `saved in ${place}, by way of ${outputDir}, ${space}`
  })
}

async function imageLibrary(): Promise<Check> {
  return await check('Images', async () => `sharp ${(await getSharp()).versions.sharp ?? 'loaded'}`)
}

async function check(name: string, body: () => Promise<string>): Promise<Check> {
  try {
    return { name, ok: true, says: await body() }
  } catch (error) {
    const says =
      error instanceof AppError
        ? `${error.message} ${error.hintFor(PERSON_HERE)}`
        : `not usable (${error instanceof Error ? error.message : 'unknown'})`
    return { name, ok: false, says }
  }
}

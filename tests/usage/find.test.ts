import { describe, expect, test } from 'vitest'
import { query } from '../../src/db/db.ts'
import { AppError } from '../../src/errors.ts'
import { indexAllPrompts } from '../../src/generations/search.ts'
import { findGenerations, type Wanted } from '../../src/usage/find.ts'
import { paidApp, pictureOf, type PaidApp } from '../generations/paid-app.ts'
import { onEachEngine } from '../support/engines.ts'
import { queryOf } from '../support/plans.ts'
import { pictures, promptly, scripted } from '../support/slow-provider.ts'

const WANTED: Wanted = { days: 1, limit: 50 }

async function found(
  { app }: PaidApp,
  words?: string,
  accountId = 'acct_local',
): Promise<string[]> {
  const wanted = { ...WANTED, query: words }
  const generations = await app.db.read(() => findGenerations(accountId, wanted, Date.now()))
  return generations.map(({ prompt }) => prompt ?? '')
}

onEachEngine(() => {
  test('only what completed is found, and each at once when it has', async () => {
    const provider = scripted(async ({ count, ...request }, options) => {
      if ('prompt' in request && request.prompt.includes('bad'))
        throw new AppError('no_output', 'Nothing came.', { hint: 'Call again.' })
      return await promptly({ count, ...request }, options)
    })
    await using paid = paidApp(provider)
    await expect(paid.pay({ prompt: 'a bad fox' })).rejects.toMatchObject({ code: 'no_output' })
    await paid.pay({ prompt: 'a good fox' })
    for (const words of [undefined, 'fox', 'good'])
      expect(await found(paid, words)).toEqual(['a good fox'])
    expect(await found(paid, 'bad')).toEqual([])
  })

  test('many that complete together are all found, each once', async () => {
    await using paid = paidApp(scripted(promptly))
    const numbers = Array.from({ length: 30 }, (_, number) => number)
    await Promise.all(numbers.map((number) => paid.pay({ prompt: `fox number n${number}x` })))
    expect(await found(paid, 'fox')).toHaveLength(30)
    for (const number of [0, 29])
      expect(await found(paid, `n${number}x`)).toEqual([`fox number n${number}x`])
  })

  test("another account's are found by nobody else, even by the word that stands for it", async () => {
    await using paid = paidApp(scripted(promptly))
    const local = paid.app.localCaller('test')
    const caller = { ...local, account: { id: 'acct_eve', name: 'Eve' } }
    await paid.pay({ prompt: 'a fox acctlocal', caller })
    for (const words of [undefined, 'fox', 'acctlocal', 'acctlocal fox', 'accteve'])
      expect(await found(paid, words)).toEqual([])
    expect(await found(paid, 'fox', 'acct_eve')).toEqual(['a fox acctlocal'])
  })

  test('text that no index takes as it is: NUL, half characters, a megabyte of words', async () => {
    await using paid = paidApp(scripted(async () => pictures(1)))
    const long = Array.from({ length: 250_000 }, (_, index) => index.toString(36)).join(' ')
    const inputs = [
      { prompt: 'nul \0 zebra', '\ud800': '\0' },
      { text: 'half \ud800 zebra' },
      { prompt: String.raw`back \u0000 slash \ud800zebra zebra` },
      { prompt: `zebra ${long}` },
      { prompt: ['zebra'] },
    ]
    for (const input of inputs)
      await paid.pay({ request: { operation: 'run', model: 'some/model', count: 1, input } })
    expect(await found(paid, 'zebra')).toHaveLength(5)
    expect(await found(paid, 'back zebra')).toHaveLength(1)
    expect(await found(paid, 'slash ud800zebra')).toHaveLength(1)
  })
})

/** Completed generations with prompts of a few words each, of ten accounts by turns. */
function rowsOf(count: number, at: number) {
  return Array.from({ length: count }, (_, number) => {
    const id = `gen_${String(number).padStart(8, '0')}`
    const account_id = `acct_${number % 10}`
    const request = { ...pictureOf(`common word${number % 100} rare${number}`) }
    return { id, account_id, request: JSON.stringify({ request }), at: at + number }
  })
}

/** Ten thousand generations and what the search goes through, written as plainly as can be. */
async function filled({ app }: PaidApp): Promise<void> {
  const rows = rowsOf(10_000, Date.now() - 20_000)
  for (let from = 0; from < rows.length; from += 500) {
    const page = rows.slice(from, from + 500)
    await app.db.write(function* fill() {
      yield* query((db) =>
        db.insertInto('generation').values(
          page.map(({ id, account_id, request, at }) => ({
            id,
            account_id,
            request,
            idempotency_key: null,
            status: 'completed' as const,
            upstream_id: null,
            error: null,
            remarks: '{}',
            upstream_cost: null,
            lease_owner: '',
            lease_until: 0,
            created_at: at,
            finished_at: at,
            fingerprint: '',
            answer: 'heard' as const,
          })),
        ),
      )
      yield* query((db) =>
        db.insertInto('hold').values(
          page.map(({ id, account_id, at }) => ({
            id,
            account_id,
            session_id: 'ses_1',
            key_id: '',
            fingerprint: '',
            state: 'captured' as const,
            billing: 'credits' as const,
            amount: 1000,
            captured: 1000,
            operation: 'generateImage' as const,
            model: 'fal-ai/flux-2-flex',
            modality: 'image' as const,
            provider: 'local',
            day: '2026-01-01',
            created_at: at,
            expires_at: at,
            resolved_at: at,
          })),
        ),
      )
      yield* query((db) =>
        db.insertInto('asset').values(
          page.map(({ id, account_id, at }) => ({
            id: id.replace('gen', 'asset'),
            account_id,
            generation_id: id,
            position: 0,
            path: '/x.png',
            mime_type: 'image/png',
            width: 64,
            height: 64,
            bytes: 1,
            sha256: '',
            created_at: at,
          })),
        ),
      )
    })
  }
  await app.db.write(() => indexAllPrompts({}))
}

describe('among 10,000 generations', () => {
  onEachEngine((engine) => {
    test('a search reads what it finds and not the rest', async () => {
      await using paid = paidApp(scripted(promptly))
      await filled(paid)
      if (engine === 'postgres')
        await paid.app.db.write(() =>
          query((_, sql) => ({ compile: () => sql`analyze`.compile(_) })),
        )
      expect(await found(paid, 'rare77', 'acct_7')).toHaveLength(12) // 77, 770…779 of its own, 7707…
      const plans = await plansOf(paid, 'common rare77', 'acct_7')
      expect(plans.length).toBeGreaterThan(3)
      expect(plans.filter(isFullScan)).toEqual([])
    })
  })
})

/** What each query of a search would do, as the engine itself explains it. */
async function plansOf({ app }: PaidApp, words: string, accountId: string): Promise<string[]> {
  const plans: string[] = []
  await app.db.read(function* explained() {
    const unit = findGenerations(accountId, { ...WANTED, query: words }, Date.now())
    let step = unit.next()
    while (step.done !== true) {
      const build = step.value
      const rows = yield (db, sql, dialect) => {
        const { sql: text, parameters } = queryOf(build, db, sql, dialect)
        const explain = dialect.name === 'sqlite' ? 'explain query plan' : 'explain'
        return { sql: `${explain} ${text}`, parameters }
      }
      plans.push(...rows.map((row) => String(row['detail'] ?? row['QUERY PLAN'])))
      step = unit.next(yield build)
    }
  })
  return plans
}

/** SQLite calls a look into a full-text index a scan of a virtual table; M is the condition that it looks for. */
function isFullScan(line: string): boolean {
  return (
    line.includes('Seq Scan') ||
    (line.startsWith('SCAN') && !/VIRTUAL TABLE INDEX \d+:M/.test(line))
  )
}

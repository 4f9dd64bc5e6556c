import { expect, test } from 'vitest'
import type { Caller } from '../../src/accounts/caller.ts'
import { createApp, type App } from '../../src/app.ts'
import { loadConfig } from '../../src/config.ts'
import { query } from '../../src/db/db.ts'
import { callTool } from '../../src/server/mcp/call.ts'
import { toolsFor } from '../../src/tools/index.ts'
import { allFailures, failuresOf } from '../../src/usage/failures-page.ts'
import { listFailures } from '../../src/usage/failures.ts'
import type { Narrowing, Question } from '../../src/usage/question.ts'
import { temporaryHome, type Settings } from '../support/app.ts'
import { onEachEngine } from '../support/engines.ts'
import { AppError } from '../../src/errors.ts'
import { exportCsv } from '../../src/usage/export.ts'

const NOW = Date.UTC(2026, 1, 28, 14, 21, 5)
const ACCOUNT = 'acct_local'
const DAY_MS = 86_400_000
const MONTH = { from: '2026-02-02', to: '2026-03-01' }

type Desk = AsyncDisposable & {
  app: App
  at(ms: number): void
  call(name: string, input: object, caller?: Partial<Caller>): Promise<void>
  failures(): ReturnType<typeof read>
}

async function read(app: App) {
  await app.generations.refusals.allNoted()
  return (await app.db.read(() => listFailures(ACCOUNT, { limit: 100 }))).rows
}

async function openDesk(settings: Settings = {}): Promise<Desk> {
  const home = temporaryHome(settings)
  let now = NOW
  const app = createApp(loadConfig({ ...home.env, INKWELL_LOG_LEVEL: 'silent' }), {
    now: () => now,
    openLocalProvider: async () => ({
      name: 'local',
      durability: 'process',
      run: () =>
        Promise.reject(
          new AppError('content_refused', 'The image service refused the content.', { hint: '-' }),
        ),
    }),
  })
  await app.ready(app.localCaller('agent'))
  return {
    app,
    at: (ms) => void (now = ms),
    call: async (name, input, caller = {}) => {
      const tool = toolsFor(app.generations.rates).find((one) => one.name === name)
      if (tool === undefined) throw new Error(name)
      const signal = new AbortController().signal
      await callTool(app, tool, input, {
        caller: { ...app.localCaller('agent'), ...caller },
        signal,
        disconnected: signal,
        onProgress: () => {},
        maxWaitMs: 10_000,
        takesStructured: true,
      })
    },
    failures: () => read(app),
    [Symbol.asyncDispose]: async () => {
      await app.close()
      home[Symbol.dispose]()
    },
  }
}

const QUESTION: Question = {
  range: MONTH,
  period: undefined,
  filter: {},
  by: 'model',
  size: 25,
  place: {},
}

async function asked(
  { app }: Desk,
  filter: Narrowing,
  question: Partial<Question> = {},
  accountId = ACCOUNT,
) {
  await app.generations.refusals.allNoted()
  return await app.db.read(() => failuresOf(accountId, { ...QUESTION, ...question, filter }))
}

onEachEngine(() => {
  test('a call that is refused for money is on record with its reason, without prompt; equal ones are one row', async () => {
    await using desk = await openDesk({ INKWELL_MAX_USD_PER_DAY: '0.01' })
    await Promise.all(
      Array.from({ length: 5 }, () => desk.call('generateImage', { prompt: 'secret fox' })),
    )
    const rows = await desk.failures()
    expect(rows).toMatchObject([
      {
        id: expect.stringMatching(/^ref_/),
        generationId: null,
        at: NOW,
        count: 5,
        operation: 'generateImage',
        model: 'fal-ai/flux-2-flex',
        code: 'daily_budget_exceeded',
        reason: expect.stringContaining('Daily budget exceeded: this costs $0.05'),
        keyId: '',
      },
    ])
    const stored = await desk.app.db.read(() =>
      query((db) => db.selectFrom('refused_call').selectAll()),
    )
    expect(JSON.stringify(stored)).not.toContain('secret')
  })

  test('what is wrong in form and what is only quoted is not on record; a missing scope is', async () => {
    await using desk = await openDesk({ INKWELL_MAX_USD_PER_DAY: '0.01' })
    await desk.call('generateImage', {})
    await desk.call('generateImage', { prompt: 'a fox', numImages: 9 })
    await desk.call('generateImage', { prompt: 'a fox', quoteOnly: true })
    await desk.call('generateImage', { prompt: 'a fox', quoteOnly: true }, { scopes: [] })
    await desk.call('upscale', { image: 'asset_0' })
    await desk.call('checkUsage', {}, { scopes: [] })
    expect(await desk.failures()).toEqual([])
    await desk.call('upscale', { image: 'asset_0' }, { scopes: ['credits:read'], keyId: 'key_1' })
    expect(await desk.failures()).toMatchObject([
      { code: 'forbidden', operation: 'upscale', keyId: 'key_1', model: '' },
    ])
  })

  test('work that failed is listed with the refusals, newest first, by pages, and counted by day', async () => {
    await using desk = await openDesk()
    await desk.call('generateImage', { prompt: 'a fox', maxCostUsd: 0.001 })
    desk.at(NOW + DAY_MS)
    await desk.call('generateImage', { prompt: 'a fox' })
    const rows = await desk.failures()
    expect(rows).toMatchObject([
      { generationId: expect.stringMatching(/^gen_/), code: 'content_refused', count: 1 },
      { generationId: null, code: 'max_cost_exceeded' },
    ])
    const pageOf = (filter: object) =>
      desk.app.db.read(() => listFailures(ACCOUNT, { limit: 1, ...filter }))
    const first = await pageOf({})
    const second = await pageOf({ before: first.next ?? undefined })
    expect([...first.rows, ...second.rows]).toEqual(rows)
    expect(second.next).toBeNull()
    expect((await pageOf({ until: NOW + DAY_MS })).rows).toEqual([rows[1]])
    expect((await pageOf({ model: 'another' })).rows).toEqual([])
    expect((await pageOf({ sessionId: rows[0]?.sessionId })).rows).toEqual([rows[0]])
    const shown = await asked(desk, { kind: 'failed' })
    expect(Object.fromEntries(shown?.byDay ?? [])).toEqual({ '2026-02-28': 1, '2026-03-01': 1 })
    expect(shown).toMatchObject({ rows, count: 2, isAll: true, older: null })
    expect(await asked(desk, {}, {}, 'acct_other')).toMatchObject({ rows: [], count: 0 })
  })

  test('the page about refused and failed calls has pages, and its filters and file hold for them too', async () => {
    await using desk = await openDesk({ INKWELL_MAX_USD_PER_DAY: '0.001' })
    for (const [minute, model] of ['a/b', 'fal-ai/veo3.1', 'a/c', 'a/d'].entries()) {
      desk.at(NOW + minute * 60_000)
      await desk.call('run', { model, input: { prompt: 'x' } })
    }
    desk.at(NOW + 3 * 60_000) // a page does not end between calls of the same time
    await desk.call('run', { model: 'a/e', input: { prompt: 'x' } })
    const rows = await desk.failures()
    const failed: Narrowing = { kind: 'failed' }
    const first = await asked(desk, failed, { size: 1 })
    expect(first).toMatchObject({ rows: rows.slice(0, 2), count: 5, older: NOW + 3 * 60_000 })
    const second = await asked(desk, failed, { size: 2, place: { before: first?.older ?? 0 } })
    expect(second?.rows).toEqual(rows.slice(2, 4))
    const last = await asked(desk, failed, { size: 2, place: { before: second?.older ?? 0 } })
    expect(last).toMatchObject({ rows: rows.slice(4), older: null })
    const modelsOf = async (filter: Narrowing) =>
      (await asked(desk, filter))?.rows.map(({ model }) => model)
    expect(await modelsOf({ ...failed, modality: 'video' })).toEqual(['fal-ai/veo3.1'])
    expect(await modelsOf({ ...failed, model: 'a/b' })).toEqual(['a/b'])
    expect(await asked(desk, { kind: 'charges' })).toBeNull()
    const file = await desk.app.db.read(() => allFailures(ACCOUNT, MONTH, failed))
    expect(file).toEqual(rows)
    const csv = await desk.app.db.read(() => exportCsv(ACCOUNT, MONTH, failed))
    expect(csv.trim().split('\r\n')).toHaveLength(6)
    expect(csv).toContain(`,run,fal-ai/veo3.1,refused,daily_budget_exceeded,`)
  })

  test('a key has twenty rows an hour, and a row lasts thirty days', async () => {
    await using desk = await openDesk({ INKWELL_MAX_USD_PER_DAY: '0.001' })
    for (let number = 0; number < 25; number += 1)
      await desk.call('run', { model: `a/model-${number}`, input: { prompt: 'x' } })
    expect(await desk.failures()).toHaveLength(20)
    desk.at(NOW + 30 * DAY_MS + 1)
    await desk.call('run', { model: 'a/model-1', input: { prompt: 'x' } })
    expect(await desk.failures()).toHaveLength(1)
  })
})

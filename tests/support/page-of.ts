import { createApp, type App } from '../../src/app.ts'
import { loadConfig } from '../../src/config.ts'
import { usagePage } from '../../src/usage/page.ts'
import type { Question } from '../../src/usage/question.ts'
import type { Home, Work } from './app.ts'

export const OPENED = Date.UTC(2026, 0, 1)
export const NOW = Date.UTC(2026, 1, 28, 14, 21)
export const day = (ago: number) => NOW - ago * 86_400_000

/** One charge a day, the newest today; every third one of another tool. */
export const WORK: Work[] = Array.from({ length: 25 }, (_, place) => ({
  at: day(24 - place),
  cost: 10_000 + place,
  ...(place % 3 === 0 && { model: 'fal-ai/birefnet', operation: 'removeBackground' as const }),
}))

const ALL = { from: '2026-02-01', to: '2026-02-28' }

const QUESTION: Question = {
  range: ALL,
  period: undefined,
  filter: {},
  by: 'model',
  size: 10,
  place: {},
}

/** Reads the usage page of the local account; a question asks for all of February unless told. */
export async function pageOf(home: Home, asked: Partial<Question> = {}) {
  const config = loadConfig({ ...home.env, INKWELL_MONTHLY_LIMIT_USD: '1' })
  const app: App = createApp(config, { now: () => NOW })
  try {
    const caller = app.localCaller('page')
    return await app.db.read(() => usagePage(caller, app.mode, { ...QUESTION, ...asked }, NOW))
  } finally {
    await app.close()
  }
}

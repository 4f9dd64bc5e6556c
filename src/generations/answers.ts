import { execute, type Db } from '../db/db.ts'
import type { Log } from '../log.ts'

/** Whether a call still waits for the answer (open), left without it (lost), or has it (heard). */
export type Answer = 'open' | 'lost' | 'heard'

/** Records which callers got their results. */
export type Answers = {
  /** Records that the caller has the answer: the same call then makes a new generation. Returns at once. */
  heard(id: string): void
  /** Records that the caller left or was handed over: the same call then joins this generation. */
  lost(id: string): Promise<void>
  /** Waits until all lost answers are recorded, so that a repeated call is recognised. */
  lostNoted(): Promise<void>
  /** Waits until all answers are recorded. */
  allNoted(): Promise<void>
}

/** Creates the record of answers. Failed writes are logged: at worst a repeated call joins an old generation. */
export function createAnswers({ db, log }: { db: Db; log: Log }): Answers {
  const pending = { heard: new Set<Promise<void>>(), lost: new Set<Promise<void>>() }
  const record = (id: string, answer: 'heard' | 'lost'): Promise<void> => {
    const recorded = db
      .write(function* recordOne() {
        yield* setAnswer({ id, answer })
      })
      .catch((error: unknown) => log.warn('generation.answer_not_noted', { generation: id, error }))
      .finally(() => pending[answer].delete(recorded))
    pending[answer].add(recorded)
    return recorded
  }
  return {
    heard: (id) => void record(id, 'heard'),
    lost: (id) => record(id, 'lost'),
    lostNoted: async () => void (await Promise.all(pending.lost)),
    allNoted: async () => void (await Promise.all([...pending.heard, ...pending.lost])),
  }
}

/** A heard answer stays heard. */
const setAnswer = execute((db, p: { id: string; answer: Answer }) =>
  db
    .updateTable('generation')
    .set({ answer: p.answer })
    .where('id', '=', p.id)
    .where('answer', '<>', 'heard'),
)

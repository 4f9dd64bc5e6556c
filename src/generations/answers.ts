import { execute, type Db } from '../db/db.ts'
import type { Log } from '../log.ts'

/** Whether a call waits for its answer, went without it, or has it. */
export type Answer = 'open' | 'lost' | 'heard'

export type Answers = {
  /** The caller has the answer: the same call makes a new generation. Not awaited by the caller. */
  heard(id: string): void
  /** The caller left or was handed over: the same call joins this generation. */
  lost(id: string): Promise<void>
  /** Waits until it is noted who left: a call may be the same one again. */
  left(): Promise<void>
  /** Waits for all that is still to be noted. */
  settled(): Promise<void>
}

/** Notes who heard an answer. What cannot be noted is logged: the worst is a repeat that is joined. */
export function createAnswers({ db, log }: { db: Db; log: Log }): Answers {
  const open = { heard: new Set<Promise<void>>(), lost: new Set<Promise<void>>() }
  const note = (id: string, answer: 'heard' | 'lost'): Promise<void> => {
    const noted = db
      .write(function* noteOne() {
        yield* noteAnswer({ id, answer })
      })
      .catch((error: unknown) => log.warn('generation.answer_not_noted', { generation: id, error }))
      .finally(() => open[answer].delete(noted))
    open[answer].add(noted)
    return noted
  }
  return {
    heard: (id) => void note(id, 'heard'),
    lost: (id) => note(id, 'lost'),
    left: async () => void (await Promise.all(open.lost)),
    settled: async () => void (await Promise.all([...open.heard, ...open.lost])),
  }
}

/** What was heard stays heard. */
const noteAnswer = execute((db, p: { id: string; answer: Answer }) =>
  db
    .updateTable('generation')
    .set({ answer: p.answer })
    .where('id', '=', p.id)
    .where('answer', '<>', 'heard'),
)

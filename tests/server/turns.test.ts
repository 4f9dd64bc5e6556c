import { setImmediate as nextTurn } from 'node:timers/promises'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { writtenTogether } from '../../src/server/http/turns.ts'

/** Sends requests in one turn of the event loop. Returns how many were answered before it ended. */
function opened() {
  const app = new Hono().use(writtenTogether()).get('/', (context) => context.text('read'))
  return async (requests: number): Promise<number> => {
    await nextTurn()
    let answered = 0
    const all = Array.from({ length: requests }, async () => {
      expect(await (await app.request('/')).text()).toBe('read')
      answered += 1
    })
    const atEnd = nextTurn().then(() => answered)
    await Promise.all(all)
    return await atEnd
  }
}

test('a response that is alone in its turn of the event loop is written at once', async () => {
  const answered = opened()
  for (let time = 0; time < 3; time += 1) expect(await answered(1)).toBe(1)
})

test('responses of a turn that has several are written together at its end', async () => {
  const answered = opened()
  expect(await answered(8)).toBe(1) // that it has several is known from the second on
  expect(await answered(8)).toBe(0)
  expect(await answered(1)).toBe(0)
  expect(await answered(1)).toBe(1)
})

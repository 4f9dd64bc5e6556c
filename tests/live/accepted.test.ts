import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createFalProvider } from '../../src/providers/fal.ts'
import { startFalEmulator } from '../services/fal/emulator.ts'
import type { SeenRequest } from '../services/fal/books.ts'
import { CHEAP } from '../support/live.ts'
import { gate } from '../support/slow-provider.ts'

const REQUEST = { operation: 'generateImage', count: 1, width: 64, height: 64 } as const

test('a job is waited for while its id is being stored, and ends only once it is stored', async () => {
  await using fal = await startFalEmulator()
  const provider = createFalProvider({ key: fal.key, ownKey: false, baseUrl: fal.url })
  const storing = gate()
  const ended: string[] = []
  const ids: string[] = []
  const running = provider
    .run(
      { ...REQUEST, model: CHEAP.model, prompt: 'a fox' },
      {
        signal: new AbortController().signal,
        onProgress: () => {},
        onAccepted: async (id) => {
          ids.push(id)
          await storing.opened
          ended.push('stored')
        },
      },
    )
    .finally(() => ended.push('job'))
  const asksForResult = ({ method, path }: SeenRequest) =>
    method === 'GET' && /\/requests\/[^/]+$/.test(path)
  await expect.poll(() => fal.requests.some(asksForResult)).toBe(true)
  await setTimeout(50)
  expect(ended).toEqual([])
  storing.open()
  const { outputs } = await running
  expect(outputs).toHaveLength(1)
  expect(ids).toEqual([fal.jobs[0]?.requestId])
  expect(ended).toEqual(['stored', 'job'])
})

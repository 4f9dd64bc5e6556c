import { expect, test } from 'vitest'
import { temporaryHome } from '../support/app.ts'
import { startPostgres } from '../support/postgres.ts'
import { scripted } from '../support/slow-provider.ts'
import { paidApp } from './paid-app.ts'

test('a database that is gone is told once by recovery, which goes on when it is back', async () => {
  await using server = await startPostgres()
  using home = temporaryHome()
  const env = { INKWELL_DATABASE_URL: server.url }
  await using paid = paidApp(
    scripted(() => new Promise(() => {})),
    { home: home.path, env },
  )
  const told = () => paid.lines.filter(({ event }) => event === 'recover.failed').length
  const { recover } = paid.app.generations
  await recover()
  expect(told()).toBe(0)
  await server.stopImmediately()
  await recover()
  await recover()
  expect(told()).toBe(1)
  await server.start()
  await recover()
  expect(told()).toBe(1)
})

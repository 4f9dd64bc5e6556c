import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { ARGS, COMMAND, examine, REPOSITORY, temporaryHome, type Home } from '../support/app.ts'
import { onEachEngine } from '../support/engines.ts'
import { issued, openedAccount, serveHttp } from '../support/http.ts'
import { scripted } from '../support/slow-provider.ts'
import { paidApp } from './paid-app.ts'

/** Lost work is settled this long after its process is gone, in milliseconds. */
const SETTLED_MS = 45_000

/** Leaves work that nobody does any more: its process closed the ledger, so it sends no sign of life. */
async function lose(home: Home): Promise<void> {
  const provider = scripted(() => new Promise(() => {}))
  const lost = paidApp(provider, { home: home.path })
  await lost.pay({ handOverMs: 1 })
  await lost.app.close()
}

onEachEngine(() => {
  test('an idle server and an idle stdio process finish lost work within 45 s', async () => {
    using served = temporaryHome()
    using piped = temporaryHome()
    await issued(served, await openedAccount(served, 'A'))
    await using _ = await serveHttp(served)
    await Promise.all([lose(served), lose(piped)])
    const stdio = spawn(COMMAND, ARGS, {
      cwd: REPOSITORY,
      env: piped.env,
      stdio: ['pipe', 'ignore', 'inherit'],
    })
    const lostAt = performance.now()
    const held = async () =>
      (await Promise.all([examine(served), examine(piped)])).map((ledger) => ledger.held)
    expect(await held()).toEqual([50_000, 50_000])
    while (performance.now() < lostAt + SETTLED_MS && (await held()).some((sum) => sum > 0))
      await sleep(500)
    expect(await held()).toEqual([0, 0])
    expect((await examine(served)).difference).toBeNull()
    stdio.stdin?.end()
    await once(stdio, 'exit')
  })
})

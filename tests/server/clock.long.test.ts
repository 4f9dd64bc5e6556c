import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { examine, inkwell, temporaryHome, type Home } from '../support/app.ts'
import { onEachEngine } from '../support/engines.ts'
import { connectPinned, issued, openedAccount, serveHttp, type Json } from '../support/http.ts'

/** Debian's package `libfaketime`. */
const FAKETIME = ['/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1'].find((path) =>
  existsSync(path),
)

/** The setting of a process whose clock is off by this, such as `+40d`. */
function clockOff(by: string): Record<string, string> {
  if (FAKETIME === undefined)
    throw new Error('This test needs libfaketime: apt-get install faketime')
  return { LD_PRELOAD: FAKETIME, FAKETIME: by, FAKETIME_DONT_FAKE_MONOTONIC: '1' }
}

const WISH = { imageSize: '64x64', preview: false }
const today = (): string => new Date().toISOString().slice(0, 10)

/** The days of the charges of a home, oldest first. */
const chargedOn = (home: Home) =>
  home.withLedger((db) =>
    db.read(function* days() {
      const rows = yield () => ({
        sql: `select day from entry where kind = 'capture' order by seq`,
        parameters: [],
      })
      return rows.map(({ day }) => String(day))
    }),
  )

onEachEngine((engine) => {
  /** Two servers on one ledger: the clock of the second is off. Each makes an image, the right one again after it. */
  const both = async (off: string) => {
    const home = temporaryHome()
    const account = await openedAccount(home, 'A')
    const { key } = await issued(home, account)
    await using right = await serveHttp(home)
    await using wrong = await serveHttp(home, clockOff(off))
    const outcomes: string[] = []
    for (const [place, server] of [right, wrong, right].entries()) {
      await using client = await connectPinned(server, key)
      const result = await client.call('generateImage', { ...WISH, prompt: `fog ${place}` })
      const { error } = result.structuredContent as { error?: Json }
      outcomes.push(error === undefined ? 'made' : String(error['message']))
    }
    const ready = await wrong.json('/readyz')
    const metrics = await (await wrong.get('/metrics')).text()
    expect((await examine(home)).difference).toBeNull()
    return { outcomes, ready, metrics, days: await chargedOn(home), home }
  }

  const onPostgres = (): void => {
    test.each(['+40d', '-40d', '+120s', '-120s'])(
      'a server that is off by %s is refused by the clock of the database',
      async (off) => {
        const { outcomes, ready, metrics, days, home } = await both(off)
        using _ = home
        expect(outcomes).toEqual(['made', expect.stringContaining('clock of this server'), 'made'])
        expect(ready.status).toBe(503)
        const [, seconds] = /^inkwell_clock_difference_seconds (\S+)/m.exec(metrics) ?? []
        expect(Math.abs(Number(seconds))).toBeGreaterThan(100)
        expect(days).toEqual([today(), today()])
      },
    )
    test('a server that is off by 20 s goes on by the clock of the database, and says so', async () => {
      const { outcomes, ready, days, home } = await both('+20s')
      using _ = home
      expect(outcomes).toEqual(['made', 'made', 'made'])
      expect(ready.status).toBe(200)
      expect(Number(ready.body['clock_difference_seconds'])).toBeCloseTo(20, 0)
      expect(days).toEqual([today(), today(), today()])
    })
  }

  const onFile = (): void => {
    test('on a file a clock that is weeks back is refused', async () => {
      const { outcomes, ready, days, home } = await both('-40d')
      using _ = home
      expect(outcomes).toEqual(['made', expect.stringContaining('behind the ledger'), 'made'])
      expect(ready.status).toBe(503)
      expect(days).toEqual([today(), today()])
    })

    test('on a file a clock that is weeks ahead is believed, and the right one refused until it is accepted', async () => {
      const { outcomes, days, home } = await both('+40d')
      using _ = home
      expect(outcomes).toEqual(['made', 'made', expect.stringContaining('behind the ledger')])
      expect(days[0]).toBe(today())
      expect(days[1]).not.toBe(today())
      const wish = ['call', 'generateImage', JSON.stringify({ ...WISH, prompt: 'hills' })]
      expect((await inkwell(home, wish)).stdout).toContain('inkwell ledger accept-clock')
      expect(await inkwell(home, ['ledger', 'accept-clock'])).toMatchObject({ code: 0, stderr: '' })
      expect((await inkwell(home, wish)).code).toBe(0)
      expect((await examine(home)).difference).toBeNull()
    })

    test.each(['+120s', '-120s'])('on a file a clock that is off by %s is taken', async (off) => {
      const { outcomes, home } = await both(off)
      using _ = home
      expect(outcomes).toEqual(['made', 'made', 'made'])
    })
  }

  ;({ sqlite: onFile, postgres: onPostgres })[engine]()
})

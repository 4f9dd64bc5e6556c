import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { AppError, ERROR_CODES, type ErrorCode } from '../../src/errors.ts'
import { lookUp } from '../../src/generations/wait.ts'
import { temporaryFolder, type EngineName } from '../support/databases.ts'
import { pictures, promptly, scripted, tinyPng, type Script } from '../support/slow-provider.ts'
import { expectSpent, holdsOf, paidApp, PRICE } from './paid-app.ts'
import { onEachEngine } from '../support/engines.ts'

const CODES = Object.keys(ERROR_CODES) as ErrorCode[]

/** Fails the first time, delivers afterwards. */
const onlyOnce = (fail: () => never): Script => {
  let failed = false
  return async ({ count }) => {
    if (failed) return pictures(count)
    failed = true
    return fail()
  }
}

const USELESS: [what: string, bytes: Uint8Array[]][] = [
  ['no output', []],
  ['an empty file', [new Uint8Array()]],
  ['words instead of a picture', [Buffer.from('<html>busy</html>')]],
  ['half a picture', [tinyPng('fox').slice(0, 50)]],
]

test('without a ledger the provider is never called', async () => {
  using folder = temporaryFolder()
  mkdirSync(join(folder.path, 'test.db'))
  const provider = scripted(promptly)
  await using paid = paidApp(provider, { home: folder.path })
  await expect(paid.pay()).rejects.toMatchObject({ code: 'ledger_unavailable' })
  expect(provider.calls).toBe(0)
})

test('a ledger that comes back is used without a restart', async () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'in-the-way')
  writeFileSync(file, '')
  const database = { INKWELL_DATABASE_URL: `sqlite:${join(file, 'test.db')}` }
  await using paid = paidApp(scripted(promptly), { home: folder.path, env: database })
  await expect(paid.pay()).rejects.toMatchObject({ code: 'ledger_unavailable' })
  rmSync(file)
  await paid.pay()
  await expectSpent(paid, PRICE)
})

/** What makes a table refuse every new row. */
function refusingInserts(engine: EngineName, table: string): string[] {
  if (engine === 'sqlite')
    return [`create trigger broken before insert on ${table} begin select raise(abort, 'no'); end`]
  return [
    `create function no() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$`,
    `create trigger broken before insert on ${table} for each row execute function no()`,
  ]
}

onEachEngine((engine) => {
  test.each(CODES)(
    'a provider that fails with %s costs nothing and frees the key',
    async (code) => {
      const provider = scripted(
        onlyOnce(() => {
          throw new AppError(code, 'It did not work.', { hint: 'Do this.', cause: 'secret words' })
        }),
      )
      await using paid = paidApp(provider)
      const failure = { code, message: 'It did not work.', hint: 'Do this.' }
      await expect(paid.pay({ idempotencyKey: 'fox' })).rejects.toMatchObject(failure)
      await expectSpent(paid, 0)
      const { generation, replayed } = await paid.pay({ idempotencyKey: 'fox' })
      expect([generation.status, replayed]).toEqual(['completed', false])
      expect(provider.calls).toBe(2)
      await expectSpent(paid, PRICE)
    },
  )

  test('a provider that breaks is a fault of ours: internal, uncharged, its words only in the log', async () => {
    const provider = scripted(
      onlyOnce(() => {
        throw new TypeError('upstream says sk-secret')
      }),
    )
    await using paid = paidApp(provider)
    const error = await paid.pay({ idempotencyKey: 'fox' }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(AppError)
    expect(error).toMatchObject({ code: 'internal' })
    expect(JSON.stringify(error) + String(error)).not.toContain('sk-secret')
    expect(paid.lines).toContainEqual(
      expect.objectContaining({
        event: 'generation.failed',
        fields: expect.objectContaining({ cause: expect.any(TypeError) as unknown }) as unknown,
      }),
    )
    await expectSpent(paid, 0)
    expect((await paid.pay({ idempotencyKey: 'fox' })).replayed).toBe(false)
    await expectSpent(paid, PRICE)
  })

  test('a provider that throws at once, before its first promise, costs nothing', async () => {
    const provider = scripted(promptly)
    provider.run = () => {
      throw new Error('synchronous')
    }
    await using paid = paidApp(provider)
    await expect(paid.pay()).rejects.toMatchObject({ code: 'internal' })
    await expectSpent(paid, 0)
  })

  test.each(USELESS)('%s is no_output, costs nothing and leaves no file', async (_, bytes) => {
    const outputs = bytes.map((each) => ({ bytes: each }))
    await using paid = paidApp(scripted(async () => ({ outputs, notes: [] })))
    await expect(paid.pay()).rejects.toMatchObject({ code: 'no_output' })
    expect(paid.files()).toEqual([])
    await expectSpent(paid, 0)
  })

  test('an output that breaks off while it is read is no_output and costs nothing', async () => {
    async function* brokenOff() {
      yield tinyPng('fox').slice(0, 30)
      throw new Error('the connection ended')
    }
    const outputs = [{ bytes: brokenOff() }]
    await using paid = paidApp(scripted(async () => ({ outputs, notes: [] })))
    await expect(paid.pay()).rejects.toMatchObject({ code: 'no_output' })
    expect(paid.files()).toEqual([])
    await expectSpent(paid, 0)
  })

  test('a failure is looked up as it was told, without its cause', async () => {
    const provider = scripted(async () => {
      throw new AppError('content_refused', 'Refused.', {
        hint: 'Reword it.',
        cause: 'their words',
      })
    })
    await using paid = paidApp(provider)
    await expect(paid.pay()).rejects.toMatchObject({ code: 'content_refused' })
    const [hold] = await holdsOf(paid)
    const caller = paid.app.localCaller('test')
    const { status, cost, failure } = await lookUp(paid.app.generations, caller, hold?.id ?? '')
    expect([status, cost, hold?.state]).toEqual(['failed', 0, 'released'])
    expect(failure).toMatchObject({ code: 'content_refused', hint: 'Reword it.' })
    expect(failure?.cause).toBeUndefined()
  })

  test('where the output folder cannot be written nothing is begun, and the hint names the setting', async () => {
    using folder = temporaryFolder()
    const file = join(folder.path, 'images')
    writeFileSync(file, 'in the way')
    const provider = scripted(promptly)
    await using paid = paidApp(provider, { env: { INKWELL_OUTPUT_DIR: join(file, 'deeper') } })
    const refused = {
      code: 'ledger_unavailable',
      localHint: expect.stringContaining('INKWELL_OUTPUT_DIR'),
    }
    await expect(paid.pay({ idempotencyKey: 'fox' })).rejects.toMatchObject(refused)
    await expect(paid.pay({ idempotencyKey: 'fox' })).rejects.toMatchObject(refused)
    expect(provider.calls).toBe(0)
    rmSync(file)
    await paid.pay({ idempotencyKey: 'fox' })
    await expectSpent(paid, PRICE)
  })

  test.each(['hold', 'generation', 'session'])(
    'a hold that fails at the table %s never reaches the provider and leaves nothing',
    async (table) => {
      const provider = scripted(promptly)
      await using paid = paidApp(provider)
      await paid.pay() // opens account and tables
      await paid.app.db.write(function* sabotage() {
        for (const sql of refusingInserts(engine, table)) yield () => ({ sql, parameters: [] })
      })
      const caller = paid.app.localCaller('another session')
      await expect(paid.pay({ caller })).rejects.toThrow('no')
      expect(provider.calls).toBe(1)
      await expectSpent(paid, PRICE)
    },
  )

  test('a provider that cannot be loaded costs nothing, and is loaded anew by the next call', async () => {
    const provider = scripted(promptly)
    await using paid = paidApp(provider)
    let attempts = 0
    const app = createApp(paid.app.config, {
      log: paid.app.log,
      openLocalProvider: async () => {
        attempts += 1
        if (attempts === 1) throw new Error('a file was missing for a moment')
        return provider
      },
    })
    const flaky = paid.payWith(app)
    await expect(flaky()).rejects.toThrow('missing')
    await flaky()
    await app.close()
    await expectSpent(paid, PRICE)
  })
})

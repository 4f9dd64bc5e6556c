import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import type { Db } from '../../src/db/db.ts'
import { book, inkwell, temporaryHome, type Home } from '../support/app.ts'
import { onEachEngine } from '../support/engines.ts'

const DAY = Date.UTC(2026, 1, 20)

/** Changes rows as somebody who may write the database, and has taken its guards away. */
async function forge(home: Home, statement: string): Promise<void> {
  await home.withLedger(async (db: Db) => {
    await db.write(function* forging() {
      for (const name of ['entry_no_update', 'entry_no_delete'])
        yield (_, __, dialect) => ({
          sql:
            dialect.name === 'sqlite'
              ? `drop trigger ${name}`
              : `alter table entry disable trigger user`,
          parameters: [],
        })
      yield () => ({ sql: statement, parameters: [] })
    })
  })
}

onEachEngine(() => {
  let home: Home
  let checkpoint: string

  beforeEach(async () => {
    home = temporaryHome()
    await book(
      home,
      [
        { at: DAY, cost: 50_000 },
        { at: DAY, cost: 30_000 },
      ],
      DAY,
    )
    checkpoint = join(home.path, 'kept', 'checkpoint.jws')
    await inkwell(home, ['ledger', 'checkpoint', '--out', checkpoint])
    return () => home[Symbol.dispose]()
  })

  const compared = () => inkwell(home, ['ledger', 'verify', '--against', checkpoint])

  test('a ledger that goes on agrees with its checkpoint', async () => {
    await book(home, [{ at: DAY, cost: 10_000 }], DAY)
    expect(await compared()).toMatchObject({ code: 0, stderr: '' })
  })

  test.each([
    ['changed', `update entry set model = 'fal-ai/birefnet' where seq = 2`],
    ['removed', 'delete from entry where seq = 3'],
    ['moved to another account', `update entry set account_id = 'acct_other' where seq = 3`],
    ['added', `update entry set seq = seq + 1 where seq = 3`],
  ])('an entry that was %s before it is found', async (_, statement) => {
    await forge(home, statement)
    const ran = await compared()
    expect(ran).toMatchObject({ code: 1, stdout: expect.stringContaining('Ledger differs') })
    const json = await inkwell(home, ['ledger', 'verify', '--against', checkpoint, '--json'])
    expect(JSON.parse(json.stdout)).toMatchObject({
      ok: false,
      difference: { accountId: 'acct_local', entries: 3 },
    })
  })

  test('a ledger that differs is not signed', async () => {
    await forge(home, `update usage_day set amount = amount - 1`)
    const ran = await inkwell(home, ['ledger', 'checkpoint'])
    expect(ran).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('Nothing was signed: I10'),
    })
  })

  test('a checkpoint with another content, or of another ledger, is refused', async () => {
    writeFileSync(checkpoint, 'eyJhbGciOiJub25lIn0.e30.')
    expect((await compared()).code).toBe(2)
    using other = temporaryHome()
    await book(other, [{ at: DAY, cost: 50_000 }], DAY)
    const foreign = await inkwell(other, ['ledger', 'checkpoint'])
    writeFileSync(checkpoint, foreign.stdout)
    expect((await compared()).code).toBe(2)
  })
})

import { describe, expect, test } from 'vitest'
import { money } from '../../src/money.ts'
import { book, spendDownTo, temporaryHome } from '../support/app.ts'
import { NOW, OPENED, run, THREE_DAYS } from './support.ts'

const LOW = '  ⚠ Low balance — run inkwell billing buy to add credits'

test('inkwell billing prints the balance and that nothing was bought yet', async () => {
  using home = temporaryHome()
  await book(home, THREE_DAYS, OPENED)
  expect(await run(home, 'billing')).toEqual({
    code: 0,
    stderr: '',
    stdout: '  Balance: $4.91\n\n  No purchases yet.\n',
  })
})

test('inkwell billing prints JSON', async () => {
  using home = temporaryHome()
  expect(JSON.parse((await run(home, 'billing --json')).stdout)).toEqual({
    balance: money(5_000_000),
    lowBalance: false,
    purchases: [],
    totalPurchased: money(0),
  })
})

describe('the low-balance line', () => {
  const commands = ['usage', 'usage history', 'billing']

  test.each(commands)('ends `inkwell %s` below $1.00', async (command) => {
    using home = temporaryHome()
    await spendDownTo(home, 999_999, NOW)
    const { code, stdout } = await run(home, command)
    expect(code).toBe(0)
    expect(stdout.endsWith(`\n\n${LOW}\n`)).toBe(true)
    expect(stdout).not.toContain('$1.00')
  })

  test.each(commands)('is not in `inkwell %s` at exactly $1.00', async (command) => {
    using home = temporaryHome()
    await spendDownTo(home, 1_000_000, NOW)
    expect((await run(home, command)).stdout).not.toContain('Low balance')
  })

  test('is told to programs as well', async () => {
    using home = temporaryHome()
    await spendDownTo(home, 0, NOW)
    for (const command of commands)
      expect(JSON.parse((await run(home, `${command} --json`)).stdout)).toMatchObject({
        lowBalance: true,
      })
  })
})

import { describe, expect, test } from 'vitest'
import { money } from '../../src/money.ts'
import { openAccount } from '../../src/ledger/ledger.ts'
import { bindMode } from '../../src/ledger/metadata.ts'
import { ACCOUNT, book, spendDownTo, temporaryHome, type Home } from '../support/app.ts'
import { query } from '../../src/db/db.ts'
import { buy, loseCredits, purchaseId, purchaseOf, takeBack } from '../support/purchases.ts'
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

describe('with purchases', () => {
  /** Buys in the background of a test: opens a purchase and leaves it to a page. */
  const opened = async (home: Home, usd: string): Promise<string> => {
    const { code, stdout } = await run(home, `billing buy --amount ${usd} --no-wait`)
    expect(code).toBe(0)
    return /cs_test_\w+/.exec(stdout)?.[0] ?? ''
  }

  test('inkwell billing lists the five newest and the total of what was paid', async () => {
    using home = temporaryHome()
    await home.withLedger(async (db) => {
      await db.write(() => bindMode('test'))
      await db.write(() => openAccount(ACCOUNT, 'local', OPENED))
      for (const [number, cents] of [5_000, 500, 2_500, 600, 700, 800].entries())
        await db.write(() => buy(purchaseId(number), ACCOUNT, cents, OPENED + number * 86_400_000))
      await db.write(() => takeBack(purchaseId(5), 4_000_000, NOW))
    })
    const { code, stdout } = await run(home, 'billing')
    expect(code).toBe(0)
    expect(stdout.split('\n')).toEqual([
      '  Balance: $102.00',
      '',
      '  Date         Amount      Credits     Status',
      '  2026-01-06   $8.00       $8.00       partially refunded',
      '  2026-01-05   $7.00       $7.00       completed',
      '  2026-01-04   $6.00       $6.00       completed',
      '  2026-01-03   $25.00      $25.00      completed',
      '  2026-01-02   $5.00       $5.00       completed',
      '',
      '  Total purchased: $101.00',
      '',
    ])
    const { stdout: json } = await run(home, 'billing --json')
    expect(JSON.parse(json)).toMatchObject({ totalPurchased: { micro: 101_000_000 } })
    expect((await run(home, 'billing invoices')).stdout.split('\n')).toHaveLength(8)
  })

  test('inkwell billing status tells how a purchase stands, and knows no other', async () => {
    using home = temporaryHome()
    const id = await opened(home, '25')
    const { stdout } = await run(home, `billing status ${id}`)
    expect(stdout).toContain('  Status:  pending\n')
    expect(stdout).toContain('  To pay:  inkwell billing buy --amount 25\n')
    expect(stdout).not.toContain('http') // this process would show the page, and has ended
    expect(JSON.parse((await run(home, `billing status ${id} --json`)).stdout)).toMatchObject({
      checkout: { id, url: null, status: 'pending' },
      amount: money(25_000_000),
    })
    const unknown = await run(home, 'billing status cs_test_unknown')
    expect(unknown.code).toBe(1)
    expect(unknown.stderr).toContain('No purchase of this account has this checkoutId.')
  })

  test.each([
    { usd: '4.99', says: 'Minimum purchase is $5.' },
    { usd: '10000.01', says: 'Maximum purchase is $10,000.' },
    { usd: 'five', says: 'The amount must be whole cents.' },
    { usd: '5.001', says: 'The amount must be whole cents.' },
  ])('$usd is refused: $says', async ({ usd, says }) => {
    using home = temporaryHome()
    const { code, stderr } = await run(home, `billing buy --amount ${usd}`)
    expect(code).toBe(2)
    expect(stderr).toContain(`inkwell: ${says}`)
  })

  test('without an amount it says how, and opens nothing', async () => {
    using home = temporaryHome()
    const { code, stdout } = await run(home, 'billing buy')
    expect(code).toBe(0)
    for (const line of ['  Minimum: $5', '  Bonus:   10% extra credits on $50+', '--amount 25'])
      expect(stdout).toContain(line)
    expect((await run(home, 'billing')).stdout).toContain('No purchases yet.')
  })

  test('with an own fal.ai key and no Stripe key nothing can be bought', async () => {
    using home = temporaryHome()
    const { code, stderr } = await run(home, 'billing buy --amount 25', { INKWELL_FAL_KEY: 'x' })
    expect(code).toBe(1)
    expect(stderr).toContain('No payment service is configured')
  })
})

describe('the low-balance line', () => {
  const reports = ['usage', 'usage history', 'billing']
  const commands = [...reports, 'billing invoices', 'billing buy', 'billing status cs_test_1']

  /** A purchase that can still be asked about. */
  const withPurchase = async (home: Home): Promise<void> =>
    await home.withLedger(async (db) => {
      await db.write(() =>
        query((builder) =>
          builder.insertInto('purchase').values(
            purchaseOf({
              id: purchaseId(1),
              account_id: ACCOUNT,
              cents: 500,
              status: 'expired',
              checkout_id: 'cs_test_1',
            }),
          ),
        ),
      )
    })

  test.each(commands)('ends `inkwell %s` below $1.00', async (command) => {
    using home = temporaryHome()
    await spendDownTo(home, 999_999, NOW)
    await withPurchase(home)
    const { code, stdout, stderr } = await run(home, command)
    expect(code).toBe(0)
    expect(stdout.endsWith(`\n\n${LOW}\n`)).toBe(true)
    expect(stdout).not.toContain('$1.00')
    expect(stderr).toBe('')
  })

  test.each(reports)('is not in `inkwell %s` at exactly $1.00', async (command) => {
    using home = temporaryHome()
    await spendDownTo(home, 1_000_000, NOW)
    await withPurchase(home)
    expect((await run(home, command)).stdout).not.toContain('Low balance')
  })

  test('is beside JSON on stderr, and stdout tells programs', async () => {
    using home = temporaryHome()
    await spendDownTo(home, 0, NOW)
    await withPurchase(home)
    for (const command of commands.filter((name) => name !== 'billing buy')) {
      const { stdout, stderr } = await run(home, `${command} --json`)
      expect(stderr.endsWith(`${LOW}\n`)).toBe(true)
      const { lowBalance } = JSON.parse(stdout) as { lowBalance?: boolean }
      expect(lowBalance).toBe(reports.includes(command) ? true : undefined)
    }
  })

  test('debt is told with its reason and the next step', async () => {
    using home = temporaryHome()
    await spendDownTo(home, 0, NOW)
    await home.withLedger(async (db) => {
      await db.write(() => loseCredits(ACCOUNT, 10_000_000, NOW))
    })
    const { stdout } = await run(home, 'usage')
    expect(stdout).toContain('  ⚠ Debt of $10.00\n')
    expect(stdout).toContain('The payment of $10.00 of ')
    expect(stdout).toContain('was refunded')
    expect(stdout).toContain('inkwell billing buy --amount 10 adds credits')
    expect(stdout.endsWith(`${LOW}\n`)).toBe(true)
  })
})

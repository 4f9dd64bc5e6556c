import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  ARGS,
  COMMAND,
  examine,
  inkwell,
  REPOSITORY,
  temporaryHome,
  type Home,
} from '../support/app.ts'
import { openBrowser, type TestBrowser } from '../support/browser.ts'

/** `inkwell billing buy`, waiting for its payment. */
async function buying(home: Home, amount: string) {
  const child = spawn(COMMAND, [...ARGS, 'billing', 'buy', '--amount', amount], {
    cwd: REPOSITORY,
    env: home.env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: string[] = []
  const exit = once(child, 'close') as Promise<[number | null]>
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line)
      if (line.includes('http://')) resolve(line.trim())
    })
    void exit.then(() => reject(new Error(`it ended: ${lines.join('\n')}`)))
  })
  return {
    url,
    lines,
    ended: async () => (await exit)[0],
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null) child.kill('SIGKILL')
      await exit
    },
  }
}

describe('the test checkout in a browser', () => {
  let browser: TestBrowser

  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(async () => {
    await browser[Symbol.asyncDispose]()
  })

  test('a person pays, and the command that waits tells the new balance', async () => {
    using home = temporaryHome()
    await using command = await buying(home, '50')
    expect(command.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/test-checkout\/[0-9a-f]{48}$/)
    const page = await browser.page()
    const failures: string[] = []
    page.on(
      'console',
      (message) => void (message.type() === 'error' && failures.push(message.text())),
    )
    await page.goto(command.url)
    const text = await page.innerText('main')
    for (const part of ['TEST MONEY', 'No card is charged', '$50.00', '$5.00', '$55.00'])
      expect(text).toContain(part)
    if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/pay.png` })
    await page.getByRole('button', { name: 'Pay with test money' }).click()
    expect(await page.innerText('h1')).toBe('Payment received')
    if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/paid.png` })
    expect(failures).toEqual([]) // nothing of the page is refused by its own policy
    expect(await command.ended()).toBe(0)
    expect(command.lines.at(-1)).toBe('  Payment successful! New balance: $60.00')
    expect((await inkwell(home, ['usage'])).stdout).toContain('  Balance: $60.00')
    expect(await examine(home)).toMatchObject({ available: 60_000_000, difference: null })
  })

  test('a person who cancels is charged nothing, and the link can still be used', async () => {
    using home = temporaryHome()
    await using command = await buying(home, '5')
    const page = await browser.page({ dark: true })
    await page.goto(command.url)
    if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/dark.png` })
    await page.getByRole('button', { name: 'Cancel' }).click()
    expect(await page.innerText('main')).toContain('No charges were made')
    expect(await command.ended()).toBe(1)
    expect(command.lines.at(-1)).toBe('  Payment was cancelled. No charges were made.')
    expect((await inkwell(home, ['billing'])).stdout).toMatch(/\$5\.00 +\$5\.00 +pending/)
  })

  test('a purchase that expires brings nothing', async () => {
    using home = temporaryHome()
    await using command = await buying(home, '5')
    const page = await browser.page()
    await page.goto(command.url)
    await page.getByRole('button', { name: 'Expire' }).click()
    expect(await page.innerText('h1')).toBe('The link has expired')
    expect(await command.ended()).toBe(1)
    expect(command.lines.at(-1)).toBe('  Payment expired. No credits were added.')
    expect(await examine(home)).toMatchObject({ available: 5_000_000, difference: null })
  })
})

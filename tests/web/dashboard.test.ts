import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import {
  ARGS,
  book,
  COMMAND,
  inkwell,
  REPOSITORY,
  temporaryHome,
  type Home,
} from '../support/app.ts'
import { beforeTests } from '../support/before-tests.ts'
import { openBrowser, type TestBrowser } from '../support/browser.ts'
import { serveHttp } from '../support/http.ts'
import { activityOf, figureOf } from '../support/page.ts'

let home: Home
let browser: TestBrowser

beforeTests(async (keep) => {
  home = keep(temporaryHome({ INKWELL_MAX_USD_PER_DAY: '2' }))
  await book(home, [{ at: Date.now(), cost: 50_000 }], Date.now())
  browser = keep(await openBrowser())
})

const linkIn = (text: string): string => /http:\/\/\S+\/page\/link\/[\w-]{43}/.exec(text)?.[0] ?? ''

test('inkwell dashboard serves the page of this machine, signed in by a link that opens once', async () => {
  const child = spawn(COMMAND, [...ARGS, 'dashboard'], {
    cwd: REPOSITORY,
    env: home.env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
    const link = linkIn(line)
    expect(new URL(link).hostname).toBe('127.0.0.1')
    await using tab = await browser.tab()
    const { page } = tab
    await page.goto(link)
    expect(new URL(page.url()).pathname).toBe('/')
    expect(await figureOf(page, 'Available Credits')).toBe('$4.95')
    expect(await page.locator('#budgets').innerText()).toContain('$1.95 left')
    expect(await activityOf(page)).toHaveLength(2) // the charge, and the credits at the start
    expect(tab.faults).toEqual([])
    await using other = await browser.tab()
    await other.page.goto(link)
    expect(await other.page.getByRole('alert').innerText()).toContain('opened before')
    expect(await other.page.context().cookies()).toEqual([])
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
  } finally {
    child.kill('SIGKILL')
  }
})

test('with --url it makes a link to a server that runs on the same ledger, and ends', async () => {
  await using server = await serveHttp(home)
  const { code, stdout } = await inkwell(home, ['dashboard', '--url', server.url])
  expect(code).toBe(0)
  await using tab = await browser.tab()
  await tab.page.goto(linkIn(stdout))
  expect(await figureOf(tab.page, 'Available Credits')).toBe('$4.95')
  expect(tab.page.url()).toBe(`${server.url}/`)
})

test('a link is refused two minutes later', async () => {
  await using server = await serveHttp(home)
  const { stdout } = await inkwell(home, ['dashboard', '--url', server.url], {
    nodeArgs: [
      '--import',
      `data:text/javascript,const now = Date.now; Date.now = () => now() - 120_001`,
    ],
  })
  await using tab = await browser.tab()
  await tab.page.goto(linkIn(stdout))
  expect(await tab.page.getByRole('alert').innerText()).toContain('older than 2 minutes')
})

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SIGNUP_GRANT } from '../../src/ledger/rules.ts'
import { CREDIT, display, displayBalance, displayCents, displayCost } from '../../src/money.ts'
import { CATALOG, DEFAULT_MODELS } from '../../src/pricing/catalog.ts'
import { BONUS_FROM, PURCHASE_MAX, PURCHASE_MIN } from '../../src/pricing/purchases.ts'
import { exactly, roughly } from '../../src/web/views/format.ts'
import { ACCOUNT, inkwell, temporaryHome, type Home } from '../support/app.ts'
import { beforeTests } from '../support/before-tests.ts'
import { startRaw } from '../support/clients.ts'
import { issued, serveHttp } from '../support/http.ts'

/** The operator's prices: every model of fal costs another sum than in the catalogue, and no two the same. */
const PRICES = new Map(CATALOG.map(({ id }, place) => [id, 490_000 + place * 10_000]))
const priceOf = (id: string): number => PRICES.get(id) ?? 0
const USUAL = priceOf(DEFAULT_MODELS.generateImage)

/** What may be shown of money: those prices, what follows from the one that is paid here, and the rules of purchases. */
const SHOWN = new Set(
  [
    ...PRICES.values(),
    0,
    CREDIT,
    SIGNUP_GRANT,
    -SIGNUP_GRANT,
    SIGNUP_GRANT - USUAL,
    2 * USUAL, // two images are quoted
    Math.round(USUAL / 30), // the mean of the page's 30 days
  ]
    .flatMap((amount) =>
      [display, displayCost, displayBalance, exactly, roughly].map((format) => format(amount)),
    )
    .concat([PURCHASE_MIN, PURCHASE_MAX, BONUS_FROM].map(displayCents)),
)

/** The amounts of a text, in words and as micro-dollars. */
function amountsIn(text: string): string[] {
  const said = [...text.matchAll(/-?\$\d[\d,]*(?:\.\d+)?/g)].map(([amount]) => amount)
  const counted = [...text.matchAll(/"micro\\?": ?(-?\d+)/g)].map(([, micro]) =>
    display(Number(micro)),
  )
  return [...said, ...counted]
}

let home: Home
/** What each face said, by its name. */
const said = new Map<string, string>()
const saidBy = (face: string): string => said.get(face) ?? ''

beforeTests(async (keep) => {
  home = keep(temporaryHome())
  const file = join(home.path, 'prices.json')
  const rows = CATALOG.map(({ id, operation }) => {
    return [id, { usd: String(priceOf(id) / 1_000_000), operation }] as const
  })
  writeFileSync(file, JSON.stringify(Object.fromEntries(rows)))
  // No model costs the flat price here, so that no amount of the catalogue may be shown at all.
  Object.assign(home.env, { INKWELL_PRICES: file, INKWELL_UNKNOWN_MODELS: 'refuse' })
  await askStdio(home)
  const quote = JSON.stringify({ prompt: 'x', quoteOnly: true })
  const commands = ['pricing', 'pricing --json', 'billing buy', `call generateImage ${quote}`]
  await Promise.all(commands.map((line) => askCommand(line.split(' '))))
  await askHttp(home)
})

async function askStdio(from: Home): Promise<void> {
  await using server = startRaw(from)
  await server.initialize()
  const ask = async (face: string, method: string, params: object = {}): Promise<void> => {
    const { result, error } = await server.request(method, params)
    said.set(face, JSON.stringify(result ?? error))
  }
  const call = (face: string, name: string, args: object) =>
    ask(face, 'tools/call', { name, arguments: args })
  for (const list of ['tools/list', 'resources/list', 'prompts/list']) await ask(list, list)
  await call('paid', 'generateImage', { prompt: 'calm sea', imageSize: 'square' })
  await call('quote', 'generateImage', { prompt: 'x', quoteOnly: true, numImages: 2 })
  await call('film', 'run', { model: 'fal-ai/veo3.1', input: { prompt: 'x' }, quoteOnly: true })
  await call('too dear', 'generateImage', { prompt: 'x', maxCostUsd: 0 })
  await call('wrong operation', 'generateImage', { prompt: 'x', model: 'fal-ai/veo3.1' })
  await call('unlisted', 'generateImage', { prompt: 'x', model: 'acme/brand-new' })
  await call('purchase', 'buyCredits', { amountUsd: 1 })
  await call('usage', 'checkUsage', { daily: true })
  for (const uri of ['inkwell://pricing', 'inkwell://usage'])
    await ask(uri, 'resources/read', { uri })
}

async function askCommand(args: string[]): Promise<void> {
  const { stdout, stderr } = await inkwell(home, args)
  said.set(`inkwell ${args.slice(0, 2).join(' ')}`, stdout + stderr)
}

async function askHttp(from: Home): Promise<void> {
  const { key } = await issued(from, ACCOUNT)
  await using server = await serveHttp(from)
  for (const path of ['/openapi.json', '/v1/credits', '/v1/usage/transactions'])
    said.set(path, await (await server.get(path, key)).text())
  const entered = await fetch(`${server.url}/page/sign-in`, {
    method: 'POST',
    body: new URLSearchParams({ key }),
    headers: { origin: server.url },
    redirect: 'manual',
  })
  const cookie = entered.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ')
  said.set('page', await (await server.get('/', undefined, { cookie })).text())
}

test('with a price file no amount of the catalogue is shown anywhere', () => {
  const faces = [...said].map(([face, text]) => ({
    face,
    others: amountsIn(text).filter((amount) => !SHOWN.has(amount)),
  }))
  expect(faces.filter(({ others }) => others.length > 0)).toEqual([])
})

test.each(['inkwell://pricing', 'inkwell pricing', 'inkwell pricing --json'])(
  '%s lists every price in force',
  (face) => {
    const listed = amountsIn(saidBy(face))
    for (const price of PRICES.values()) expect(listed).toContain(display(price))
  },
)

test.each([
  ['tools/list', DEFAULT_MODELS.generateImage],
  ['tools/list', DEFAULT_MODELS.editImage],
  ['tools/list', DEFAULT_MODELS.removeBackground],
  ['tools/list', DEFAULT_MODELS.upscale],
  ['tools/list', 'fal-ai/veo3.1'],
  ['paid', DEFAULT_MODELS.generateImage],
  ['film', 'fal-ai/veo3.1'],
  ['too dear', DEFAULT_MODELS.generateImage],
  ['wrong operation', 'fal-ai/veo3.1'],
  ['usage', DEFAULT_MODELS.generateImage],
  ['inkwell://usage', DEFAULT_MODELS.generateImage],
  ['inkwell call generateImage', DEFAULT_MODELS.generateImage],
  ['page', DEFAULT_MODELS.generateImage],
  ['/v1/usage/transactions', DEFAULT_MODELS.generateImage],
])('%s tells the price of %s in force', (face, model) => {
  expect(amountsIn(saidBy(face))).toContain(display(priceOf(model)))
})

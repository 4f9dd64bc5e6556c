import { globSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { expect, test } from 'vitest'
import { REPOSITORY, spendDownTo } from '../support/app.ts'
import { beforeTests } from '../support/before-tests.ts'
import { CALLED_TOOLS, missingIn, type Place } from '../support/hints/exists.ts'
import { hintsIn, type WrittenHint } from '../support/hints/written.ts'
import { openStage, type Stage } from '../support/hints/stage.ts'
import { answerOf, cheap } from './support.ts'

/** What the REST API and the usage page reach too, which have no tools. */
const WITHOUT_TOOLS =
  /^(accounts|billing|db|ledger|usage|server\/http)\/|^generations\/(generation|links|references|upload)\.ts/

const SRC = join(REPOSITORY, 'src')
const written = globSync('**/*.ts', { cwd: SRC })
  .map((file) => file.split(sep).join('/'))
  .flatMap((file) =>
    hintsIn(readFileSync(join(SRC, file), 'utf8')).map((hint) => ({ file, ...hint })),
  )

let stage: Stage
let routes: readonly string[]
beforeTests(async (keep) => {
  stage = keep(await openStage({}))
  routes = await stage.routes()
})

/** Any argument of any tool may be meant: which one was called shows only when it is read. */
const ANY = {
  name: 'any',
  inputSchema: {
    properties: Object.assign({}, ...CALLED_TOOLS.map(({ inputSchema }) => inputSchema.properties)),
  },
}

test('the hints are found in the code', () => {
  expect(written.length).toBeGreaterThan(150)
  expect(written.filter(({ kind }) => kind === 'toolHint').length).toBeGreaterThan(5)
  expect(written.filter(({ kind }) => kind === 'localHint').length).toBeGreaterThan(20)
})

test.each(written)('$file: "$text" names only what is where it is read', async (hint) => {
  const place: Place = { face: faceOf(hint), tools: [...CALLED_TOOLS, ANY], tool: 'any', routes }
  expect(await missingIn(hint.text, place)).toEqual([])
})

function faceOf({ file, kind }: WrittenHint & { file: string }): Place['face'] {
  if (kind === 'localHint' || file.startsWith('cli/')) return 'command'
  return kind === 'hint' && WITHOUT_TOOLS.test(file) ? 'rest' : 'http'
}

test.each([
  ['http', 'Call addCredits.', 'addCredits'],
  ['rest', 'Call buyCredits.', 'buyCredits'],
  ['http', 'Set FAL_KEY.', 'FAL_KEY'],
  ['command', 'Set INKWELL_CREDITS.', 'INKWELL_CREDITS'],
  ['http', 'Run `inkwell usage`.', 'inkwell usage'],
  ['command', 'Run `inkwell billing pay`.', 'inkwell billing pay'],
  ['command', 'Run `inkwell keys create`.', 'inkwell keys create'],
  ['command', 'Run `inkwell usage --all`.', 'inkwell usage --all'],
  ['stdio', 'Use fal-ai/flux/none.', 'fal-ai/flux/none'],
  ['stdio', 'Use a cloud/* model.', 'cloud/*'],
  ['stdio', 'Read inkwell://pricing.', 'inkwell://pricing'],
  ['stdio', 'Read docs/billing.md.', 'docs/billing.md'],
  ['rest', 'GET /v1/balance tells it.', '/v1/balance'],
] as const)('over %s "%s" leads nowhere', async (face, text, missing) => {
  expect(await missingIn(text, { face, tools: CALLED_TOOLS, routes })).toContain(missing)
})

test('the warning of a low balance names the tool that helps, and no command over HTTP', async () => {
  await using poor = await openStage({})
  await spendDownTo(poor.home, 900_000, Date.now())
  const remote = await poor.remote(
    await poor.key({ scopes: ['generate', 'credits:read', 'credits:buy'] }),
  )
  for (const client of [remote, await poor.agent()]) {
    for (const [tool, args] of [
      ['generateImage', cheap],
      ['checkUsage', {}],
    ] as const) {
      const { content } = await client.call(tool, args)
      const [warning = ''] = /Low balance[.:].*/.exec(content[0]?.text ?? '') ?? []
      expect(warning).toContain('buyCredits')
      const place = { face: 'http', tools: poor.tools(), tool, routes } as const
      expect(await missingIn(warning, place)).toEqual([])
    }
    expect(answerOf(await client.call('buyCredits', { amountUsd: 5 }))).toHaveProperty(
      'checkout.url',
    )
  }
})

import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import stringWidth from 'string-width'
import { describe, expect, test } from 'vitest'
import { beforeTests } from '../support/before-tests.ts'
import { book, clockAt, inkwell, temporaryHome, type Home } from '../support/app.ts'
import { startFalEmulator } from '../services/fal/emulator.ts'
import { inTerminal } from '../support/terminal.ts'
import { NOW, OPENED, THREE_DAYS } from './support.ts'

const KLING = 'kling-video/v2.5-turbo/pro/text-to-video'
const STUDIO = '日本の工房 🦊 for posters, banners and icons'

/** A ledger with long names of models and accounts: tests only read it. */
let home: Home

beforeTests(async (keep) => {
  home = keep(temporaryHome())
  const video = {
    cost: 350_000,
    model: `fal-ai/${KLING}`,
    operation: 'run',
    provider: 'fal.ai',
  } as const
  await book(home, [...THREE_DAYS, { ...video, at: NOW }], OPENED)
  await inkwell(home, ['accounts', 'create', '--name', STUDIO])
})

const shownIn = async (columns: number, args: string, env = {}): Promise<string> => {
  const { code, shown } = await inTerminal(home, args.split(' '), {
    columns,
    env,
    nodeArgs: clockAt(NOW),
  })
  expect(code).toBe(0)
  return shown
}

const PLAIN = { NO_COLOR: '1' }

describe.each([60, 80, 120])('in a terminal of %i columns', (columns) => {
  test.each(['usage history', 'pricing', 'accounts list'])(
    'no line of `inkwell %s` wraps',
    async (args) => {
      const lines = stripVTControlCharacters(await shownIn(columns, args, PLAIN)).split('\n')
      const widths = lines.map((line) => stringWidth(line))
      expect(Math.max(...widths)).toBeLessThanOrEqual(columns)
      expect(Math.max(...widths)).toBeGreaterThan(40)
    },
  )
})

test('80 columns keep the end of a model and leave out the provider; 120 show all, as a pipe does', async () => {
  const [narrow, wide, piped] = await Promise.all([
    shownIn(80, 'usage history', PLAIN),
    shownIn(120, 'usage history', PLAIN),
    inkwell(home, ['usage', 'history'], { nodeArgs: clockAt(NOW) }),
  ])
  expect(narrow.split('\n')[0]).toMatch(/^  Date +Model +Operation +Cost$/)
  expect(narrow).toMatch(/ …\S+\/v2\.5-turbo\/pro\/text-to-video {2}run /)
  const words = (text: string): string[] => text.split(/\s+/)
  expect(words(wide)).toEqual(words(piped.stdout))
  expect(piped.stdout).toContain(` ${KLING} `)
})

test('cells of wide characters keep the columns below each other, and ids stay whole', async () => {
  const lines = (await shownIn(125, 'accounts list', PLAIN)).trimEnd().split('\n')
  const [header = '', studio = '', local = ''] = lines
  const start = stringWidth(header.slice(0, header.indexOf('Balance')))
  expect(stringWidth(local.slice(0, local.indexOf('$')))).toBe(start)
  expect(stringWidth(studio.slice(0, studio.indexOf('$')))).toBe(start)
  expect(studio).toMatch(/^ {2}acct_[0-9a-f]{32} {2}日本の工房.*… {2}\$5\.00 /)
})

test('colours are for terminals, and not where NO_COLOR or --no-color is set', async () => {
  const ESCAPE = '\u001b['
  expect(await shownIn(80, 'usage')).toContain(`${ESCAPE}1m  Date`)
  expect(await shownIn(80, 'usage', PLAIN)).not.toContain(ESCAPE)
  expect(await shownIn(80, 'usage --no-color', { FORCE_COLOR: '1' })).not.toContain(ESCAPE)
  const piped = await inkwell(home, ['usage'], { env: { FORCE_COLOR: '1' } })
  expect(piped.stdout).not.toContain(ESCAPE)
})

test('a call of more than a second shows its seconds, stage and id on a terminal, and then only its result', async () => {
  await using fal = await startFalEmulator({ runMs: 3_500 })
  using live = temporaryHome({ FAL_KEY: fal.key, INKWELL_FAL_BASE_URL: fal.url })
  const call = ['call', 'generateImage', 'prompt=fog', 'model=fal-ai/flux/schnell']
  const { code, sent, shown } = await inTerminal(live, call, { columns: 100 })
  expect(code).toBe(0)
  expect(sent).toMatch(/\d s · fal\.ai is working · gen_[0-9a-f]{32}/)
  expect(shown).toMatch(/^Saved .*gen_[0-9a-f]{32}.*\n$/)
  expect(await inkwell(live, call)).toMatchObject({ code: 0, stderr: '' })
})

test('bash completes commands, options and arguments from the script of `inkwell completion`', async () => {
  const { stdout } = await inkwell(home, ['completion', 'bash'])
  const folder = join(home.path, 'shell')
  mkdirSync(folder)
  const script = join(folder, 'test.sh')
  const asked = [
    'us',
    'usage',
    'usage history --d',
    'call gen',
    'call generateImage im',
    'ledger margin --by',
    'completion',
  ]
  const words = asked.map(
    (line) => `ask inkwell ${line}${/ |us$/.test(line) && !line.endsWith('--by') ? '' : " ''"}`,
  )
  writeFileSync(
    script,
    `${stdout}\nask() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _inkwell; echo "\${COMPREPLY[*]}"; }\n${words.join('\n')}\n`,
  )
  const { stdout: answers, stderr } = spawnSync('bash', [script], { encoding: 'utf8', env: {} })
  expect(stderr).not.toContain('syntax error')
  expect(answers.trim().split('\n')).toEqual([
    'usage',
    'history --days --account --json --help',
    '--days',
    'generateImage',
    'imageSize=',
    'model account day',
    'bash zsh fish --help',
  ])
})

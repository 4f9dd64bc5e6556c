import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { query } from '../../src/db/db.ts'
import { inkwell, temporaryHome } from '../support/app.ts'
import { promptly, scripted } from '../support/slow-provider.ts'
import { KEYS, startSwift, type Swift } from '../support/swift.ts'
import { paidApp, type PaidApp } from './paid-app.ts'

const GENERATIONS = 100

let swift: Swift

beforeAll(async () => {
  swift = await startSwift()
})

afterAll(() => swift[Symbol.asyncDispose]())

const rowsOf = ({ app }: PaidApp) =>
  app.db.read(() => query((db) => db.selectFrom('asset').selectAll().orderBy('id')))

/** Opens every file of an app. Returns how many have the hash of their row. */
async function wholeFiles(paid: PaidApp): Promise<number> {
  const live = new AbortController().signal
  let whole = 0
  for (const row of await rowsOf(paid)) {
    const bytes = await paid.app.generations.files.read(row, row.id, live)
    if (createHash('sha256').update(bytes).digest('hex') === row.sha256) whole += 1
  }
  return whole
}

test(
  'generations move into a bucket and, with their ledger, to another machine; every file opens',
  { timeout: 400_000 },
  async () => {
    using home = temporaryHome()
    const env = { INKWELL_MAX_CALLS_PER_MINUTE: '999999' }
    const first = paidApp(scripted(promptly), { home: home.path, env })
    const free = {
      operation: 'generateImage',
      model: 'local/draft',
      count: 1,
      width: 64,
      height: 64,
    } as const
    for (let made = 0; made < GENERATIONS; made += 50)
      await Promise.all(
        Array.from({ length: 50 }, (_, n) =>
          first.pay({ request: { ...free, prompt: `picture ${made + n}` } }),
        ),
      )
    const [lost, damaged] = await rowsOf(first)
    const images = join(home.path, 'images')
    rmSync(join(images, lost?.path ?? ''))
    writeFileSync(join(images, damaged?.path ?? ''), 'changed')
    await first[Symbol.asyncDispose]()

    const to = await swift.bucket('moved')
    const move = async (...options: string[]) => {
      const { code, stdout, stderr } = await inkwell(
        home,
        ['assets', 'move', '--to', to, '--json', ...options],
        {
          env: { ...KEYS, INKWELL_LOG_LEVEL: 'fatal' },
        },
      )
      expect({ stderr }).toEqual({ stderr: '' })
      return { code, ...(JSON.parse(stdout) as object) }
    }
    const whole = GENERATIONS - 2
    expect(await move()).toMatchObject({ code: 1, moved: whole, missing: 1, damaged: 1 })
    expect(await move()).toMatchObject({ code: 1, moved: 0, missing: 1, damaged: 1 })
    await using looking = paidApp(scripted(promptly), { home: home.path })
    const [erased] = (await rowsOf(looking)).filter(({ store }) => store !== 'folder')
    const copy = join(images, erased?.path ?? '')
    expect(existsSync(copy)).toBe(true)
    const gone = await inkwell(home, ['assets', 'remove', erased?.id ?? ''], {
      env: { ...KEYS, INKWELL_OUTPUT_STORE: to },
    })
    expect({ code: gone.code, copy: existsSync(copy) }).toEqual({ code: 0, copy: false })
    expect(await move('--remove-source')).toMatchObject({ moved: 0, copies: whole, left: [] })
    expect(readdirSync(images).filter((name) => name.startsWith('gen_'))).toEqual([damaged?.path])

    const next = await swift.bucket('moved-on') // the settings name only the new one
    const on = { env: { ...KEYS, INKWELL_OUTPUT_STORE: next } }
    const moveOn = ['assets', 'move', '--from', to, '--to', next, '--json']
    const movedOn = await inkwell(home, moveOn, on)
    expect(movedOn).toMatchObject({ stderr: '' })
    expect(JSON.parse(movedOn.stdout)).toMatchObject({ moved: whole - 1, missing: 1, damaged: 1 })

    const file = join(home.path, 'ledger.jsonl')
    expect((await inkwell(home, ['ledger', 'export', file])).code).toBe(0)
    using other = temporaryHome(on.env)
    mkdirSync(other.path, { recursive: true })
    renameSync(file, join(other.path, 'ledger.jsonl'))
    const imported = await inkwell(other, ['ledger', 'import', join(other.path, 'ledger.jsonl')])
    expect(imported).toMatchObject({ code: 0 })
    const stored = { ...env, ...on.env }
    await using second = paidApp(scripted(promptly), { home: other.path, env: stored })
    await second.app.db.write(function* forgetTheLost() {
      yield () => ({
        sql: `delete from asset where store = 'folder' or removed_at is not null`,
        parameters: [],
      })
    })
    expect(await wholeFiles(second)).toBe(whole - 1)
  },
)

import { expect, test } from 'vitest'
import { money } from '../../src/money.ts'
import { book, temporaryHome } from '../support/app.ts'
import { at, OPENED, run, schnell, THREE_DAYS } from './support.ts'

const DAY = 86_400_000

test('inkwell usage history prints each generation as the documentation shows it, newest first', async () => {
  using home = temporaryHome()
  await book(
    home,
    [
      {
        at: at('21', '23:30:00.000'),
        cost: 5_000,
        model: 'fal-ai/birefnet',
        operation: 'removeBackground',
        provider: 'fal.ai',
      },
      {
        at: at('22', '01:00:00.000'),
        cost: 25_000,
        model: 'fal-ai/flux/dev/i2i',
        operation: 'editImage',
        provider: 'fal.ai',
      },
      { ...schnell, at: at('22', '02:00:00.000') },
    ],
    OPENED,
  )
  expect(await run(home, 'usage history')).toEqual({
    code: 0,
    stderr: '',
    stdout: `  Date         Provider   Model               Operation        Cost
  2026-02-22   fal.ai     flux/schnell        generateImage    $0.0030
  2026-02-22   fal.ai     flux/dev/i2i        editImage        $0.0250
  2026-02-21   fal.ai     birefnet            removeBackground $0.0050
`,
  })
})

test('inkwell usage history keeps the first word of a model that is not fal-ai, and widens for long names', async () => {
  using home = temporaryHome()
  const long = 'fal-ai/kling-video/v2.5-turbo/pro/text-to-video'
  await book(
    home,
    [
      { at: at('21'), cost: 50_000, model: 'beatoven/music-generation', operation: 'run' },
      { at: at('22'), cost: 350_000, model: long, operation: 'run' },
    ],
    OPENED,
  )
  const [header = '', first = '', second = ''] = (await run(home, 'usage history')).stdout.split(
    '\n',
  )
  expect(first).toContain(' kling-video/v2.5-turbo/pro/text-to-video run ')
  expect(second).toContain(' beatoven/music-generation ')
  expect(first.indexOf('$')).toBe(header.indexOf('Cost'))
  expect(second.indexOf('$')).toBe(header.indexOf('Cost'))
})

test('inkwell usage history shows 20 records unless told otherwise, and says how many there are', async () => {
  using home = temporaryHome()
  const work = Array.from({ length: 25 }, (_, number) => ({
    ...schnell,
    at: at('20') + number * 1000,
  }))
  await book(home, work, OPENED)
  const rows = (stdout: string) => stdout.split('\n').filter((line) => line.startsWith('  2026'))
  const cut = await run(home, 'usage history')
  expect(rows(cut.stdout)).toHaveLength(20)
  expect(cut.stdout).toMatch(/\n\n {2}Showing 20 of 25 records\n$/)
  const short = await run(home, 'usage history -l 1')
  expect(rows(short.stdout)).toHaveLength(1)
  expect(short.stdout).toContain('Showing 1 of 25 records')
  const whole = await run(home, 'usage history --limit 25')
  expect(rows(whole.stdout)).toHaveLength(25)
  expect(whole.stdout).not.toContain('Showing')
})

test('inkwell usage history looks back 30 days unless told otherwise; limit and days combine', async () => {
  using home = temporaryHome()
  const back = (days: number) => ({ ...schnell, at: Date.UTC(2026, 1, 22) - days * DAY })
  await book(home, [back(89), back(30), back(29), back(0)], Date.UTC(2025, 0, 1))
  const dates = async (args: string) =>
    (await run(home, args)).stdout.match(/^ {2}\d{4}-\d\d-\d\d/gm)?.map((text) => text.trim())
  expect(await dates('usage history')).toEqual(['2026-02-22', '2026-01-24'])
  expect(await dates('usage history -d 1')).toEqual(['2026-02-22'])
  expect(await dates('usage history --limit 50 --days 90')).toEqual([
    '2026-02-22',
    '2026-01-24',
    '2026-01-23',
    '2025-11-25',
  ])
})

test('inkwell usage history says so where there is nothing, in as many days as asked', async () => {
  using home = temporaryHome()
  expect((await run(home, 'usage history')).stdout).toBe(
    '  No usage records in the last 30 days.\n',
  )
  expect((await run(home, 'usage history -d 3')).stdout).toContain('in the last 3 days.')
})

test('inkwell usage history prints JSON of each record', async () => {
  using home = temporaryHome()
  await book(home, THREE_DAYS, OPENED)
  const { stdout } = await run(home, 'usage history -l 1 --json')
  expect(JSON.parse(stdout)).toMatchObject({
    records: [
      {
        type: 'generation',
        provider: 'fal.ai',
        model: 'fal-ai/flux/schnell',
        operation: 'generateImage',
        cost: money(3_000),
        billing: 'credits',
        status: 'completed',
        createdAt: '2026-02-22T11:00:00.000Z',
      },
    ],
    shown: 1,
    total: 15,
  })
})

test.each([
  '-l abc',
  '-l 0',
  '-l -1',
  '-l 1.5',
  '-l 1001',
  '-d 0',
  '-d -1',
  '-d 367',
  '-d 1e2',
  '-d',
])('%s is wrong usage: exit code 2 and nothing on stdout', async (options) => {
  using home = temporaryHome()
  const { code, stdout, stderr } = await run(home, `usage history ${options}`)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(/limit|days/)
})

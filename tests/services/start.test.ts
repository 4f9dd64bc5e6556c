import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { inkwell, REPOSITORY, temporaryHome, type Settings } from '../support/app.ts'

type Started = Disposable & { settings: Settings; type(line: string): Promise<string> }

/** Starts an emulator as its README says, on a free port, and reads the settings that it prints. */
async function start(service: string, settingCount: number): Promise<Started> {
  const file = `tests/services/${service}/start.ts`
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(
    process.execPath,
    [file, '--port', '0'],
    { cwd: REPOSITORY, stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async (): Promise<string> => {
    const { done, value } = await lines.next()
    if (done === true) throw new Error(`${file} has ended`)
    return value
  }
  const settings: Settings = {}
  while (Object.keys(settings).length < settingCount) {
    const [, name = '', value = ''] = /^export (\w+)=(\S+)$/.exec(await next()) ?? []
    settings[name] = value
  }
  return {
    settings,
    type: (line) => {
      child.stdin.write(`${line}\n`)
      return next()
    },
    [Symbol.dispose]: () => void child.kill(),
  }
}

test('the emulator of fal, started by hand, serves Inkwell, and a typed fault reaches the next job', async () => {
  using fal = await start('fal', 2)
  using home = temporaryHome(fal.settings)
  expect(await fal.type('{"kind":"noImages"}')).toBe("noImages: the next 'job' of *")
  const args = ['call', 'generateImage', '{"prompt":"fog","model":"fal-ai/flux/schnell"}']
  const { code, stdout } = await inkwell(home, [...args, '--json'])
  expect(code).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({
    structuredContent: { error: { code: 'no_output', charged: { micro: 0 } } },
  })
})

test('the emulator of Stripe, started by hand, is asked by Inkwell, and a typed payment adds credits', async () => {
  using stripe = await start('stripe', 3)
  using home = temporaryHome(stripe.settings)
  const asked = await inkwell(home, ['call', 'buyCredits', '{"amountUsd":5}'])
  const [id = ''] = /cs_test_\w+/.exec(asked.stdout) ?? []
  expect(await stripe.type(`pay ${id}`)).toBe('checkout.session.completed')
  const { stdout } = await inkwell(home, ['billing', 'status', id])
  expect(stdout).toContain('completed')
})

import { execFile, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { REPOSITORY } from './support/app.ts'
import { temporaryFolder } from './support/databases.ts'

const EXAMPLES = join(REPOSITORY, 'examples/deploy')
const example = (name: string) => readFileSync(join(EXAMPLES, name), 'utf8')

/** Returns the rules of Compose that a file breaks; the style that the program also asks for is not ours. */
async function faultsOf(compose: string): Promise<string[]> {
  using folder = temporaryFolder()
  const file = join(folder.path, 'compose.yaml')
  writeFileSync(file, compose)
  const asked = ['--quiet', '--formatter', 'json', file]
  const { stdout } = await promisify(execFile)(
    join(REPOSITORY, 'node_modules/.bin/dclint'),
    asked,
  ).catch((error: { stdout: string }) => error)
  const [{ messages } = { messages: [] }] = JSON.parse(stdout) as {
    messages: { rule: string; type: string }[]
  }[]
  return messages.filter(({ type }) => type === 'error').map(({ rule }) => rule)
}

test('the servers of the example are described as Compose wants it', async () => {
  const compose = example('compose.yaml')
  expect(await faultsOf(compose)).toEqual([])
  expect(await faultsOf(compose.replace('healthcheck:', 'healthchek:'))).toEqual(['invalid-schema'])
  const named = compose.match(/INKWELL_[A-Z_]+/g) ?? []
  const known = readFileSync(join(REPOSITORY, '.env.example'), 'utf8')
  expect(named.filter((name) => !known.includes(name))).toEqual([])
})

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0

test.runIf(hasSystemd)('the unit of the example has no key that systemd does not know', () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'inkwell.service')
  const verify = (unit: string) => {
    writeFileSync(file, unit.replace('/usr/bin/inkwell', '/bin/true'))
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', file], {
      encoding: 'utf8',
    })
    return { status, said: stderr.trim() }
  }
  const unit = example('inkwell.service')
  expect(verify(unit)).toEqual({ status: 0, said: '' })
  expect(verify(unit.replace('Restart=', 'Restrt=')).said).toContain("Unknown key 'Restrt'")
})

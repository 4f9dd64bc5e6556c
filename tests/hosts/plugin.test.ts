import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { expect, test } from 'vitest'
import { ARGS, COMMAND, REPOSITORY, temporaryHome } from '../support/app.ts'
import { run, type Machine } from './support/programs.ts'

const CLAUDE_CODE = '@anthropic-ai/claude-code/cli-wrapper.cjs'

/** A machine whose `npx -y inkwell-mcp` starts this Inkwell, and where every other package is missing. */
function machineAt(home: string, env: Machine['env']): Machine {
  const programs = join(home, 'programs')
  mkdirSync(programs)
  const npx = `#!/bin/sh\n[ "$*" = "-y inkwell-mcp" ] && exec ${join(REPOSITORY, COMMAND)} ${ARGS.join(' ')}\nexit 1\n`
  writeFileSync(join(programs, 'npx'), npx, { mode: 0o755 })
  const path = [programs, env['PATH'] ?? ''].join(delimiter)
  return { home, env: { ...env, PATH: path, HTTPS_PROXY: 'http://127.0.0.1:9' } }
}

test('Claude Code validates the plugin, installs it, connects its server and has its skill', async () => {
  using home = temporaryHome()
  const machine = machineAt(home.path, home.env)
  const claude = async (...args: string[]) => await run(machine, CLAUDE_CODE, args)

  for (const place of ['.', 'plugins/inkwell']) {
    const { code, output } = await claude('plugin', 'validate', '--strict', join(REPOSITORY, place))
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('passed') })
  }
  expect((await claude('plugin', 'marketplace', 'add', REPOSITORY)).code).toBe(0)
  expect((await claude('plugin', 'install', 'inkwell@inkwell')).code).toBe(0)
  expect((await claude('plugin', 'list')).output).toMatch(/inkwell@inkwell[\s\S]*enabled/)
  expect((await claude('mcp', 'list')).output).toMatch(/plugin:inkwell:inkwell: .*Connected/)

  const skill = 'skills/assets-within-budget/SKILL.md'
  const [installed = ''] = globSync(`.claude/plugins/cache/inkwell/**/${skill}`, { cwd: home.path })
  expect(readFileSync(join(home.path, installed), 'utf8')).toBe(
    readFileSync(join(REPOSITORY, 'plugins/inkwell', skill), 'utf8'),
  )
})

import { existsSync, globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import manifest from '../package.json' with { type: 'json' }

const ROOT = resolve(import.meta.dirname, '..')
const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8')

test.each(['.mcp.json', '.vscode/mcp.json'])('%s starts the server as mcp.json does', (file) => {
  const { mcpServers } = JSON.parse(textOf('mcp.json')) as { mcpServers: object }
  const { servers, mcpServers: portable = servers } = JSON.parse(
    textOf(file).replaceAll('${workspaceFolder}/', ''),
  ) as { servers?: object; mcpServers?: object }
  // VS Code names what is a matter of course for the others: the kind of server, and the folder it starts in.
  const inFolder = servers === undefined ? {} : { type: 'stdio', cwd: '${workspaceFolder}' }
  const expected = Object.entries(mcpServers).map(([name, entry]) => [
    name,
    { ...inFolder, ...entry },
  ])
  expect(portable).toEqual(Object.fromEntries(expected))
})

test('every version manager takes the Node.js that the npm scripts bring', () => {
  expect(textOf('.nvmrc').trim()).toBe(manifest.devDependencies.node.split('.')[0])
})

test.each(globSync('.vscode/*.json', { cwd: ROOT }))('%s names files that are there', (file) => {
  const paths = [...textOf(file).matchAll(/\$\{workspaceFolder\}\/([^"]+)/g)].map(
    ([, path = '']) => path,
  )
  expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
})

test.each(['README.md', 'CONTRIBUTING.md', 'AGENTS.md', '.ci/run'])(
  '%s names npm scripts that are there',
  (file) => {
    const named = [...textOf(file).matchAll(/npm run (?:-s )?([\w:]+)/g)].map(
      ([, name = '']) => name,
    )
    expect(named.length).toBeGreaterThan(0)
    expect(named.filter((name) => !(name in manifest.scripts))).toEqual([])
  },
)

test('no test is left out, and none is alone', () => {
  const found = globSync('tests/**/*.test.ts', { cwd: ROOT }).flatMap((file) =>
    [...textOf(file).matchAll(/\b(?:test|describe|it)(?:\.\w+)*\.(?:only|skip|todo)\b/g)].map(
      ([text]) => `${file}: ${text}`,
    ),
  )
  expect(found).toEqual([])
})

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { browserScript, BROWSER_SCRIPTS } from '../../src/web/assets/script.ts'
import { REPOSITORY } from '../support/app.ts'

test.each(BROWSER_SCRIPTS)('%s is one file that runs in a browser', async (name) => {
  const script = await browserScript(name)
  const imported = [...script.matchAll(/\b(?:import|from|require)\s*\(?\s*["'`]([^"'`]+)/g)]
  expect(imported.map(([, path]) => path)).toEqual([])
  expect(script).toContain('document.querySelector')
  expect(script).not.toMatch(/\bprocess\.|\bnode:|sourceMappingURL/)
})

test('the build puts them where the package reads them, and the package does not need esbuild', async () => {
  const dist = mkdtempSync(join(tmpdir(), 'inkwell-build-'))
  try {
    execFileSync(process.execPath, ['scripts/build.ts', dist], { cwd: REPOSITORY })
    for (const name of BROWSER_SCRIPTS)
      expect(readFileSync(join(dist, `${name}.js`), 'utf8')).toBe(await browserScript(name))
    expect(readFileSync(join(dist, 'style.css'), 'utf8')).toContain('light-dark(')
  } finally {
    rmSync(dist, { recursive: true })
  }
  expect(Object.keys(manifest.dependencies)).not.toContain('esbuild')
})

import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { bundle } from '../src/web/assets/bundle.ts'
import { BROWSER_SCRIPTS } from '../src/web/assets/script.ts'

/**
 * Empties `dist`, or the folder that is given, and puts in what the compiler does not make: the scripts for browsers,
 * the stylesheet and the samples of sound.
 */

const dist = resolve(process.argv[2] ?? 'dist')
const browser = join(dist, 'web/browser')

rmSync(dist, { recursive: true, force: true })
mkdirSync(browser, { recursive: true })
for (const name of BROWSER_SCRIPTS) writeFileSync(join(browser, `${name}.js`), await bundle(name))
for (const asset of [
  'web/assets/style.css',
  'web/assets/chat.css',
  'studio/samples/music.wav',
  'studio/samples/voice.wav',
])
  cpSync(join('src', asset), join(dist, asset))

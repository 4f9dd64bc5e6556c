import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { build as esbuild, type Metafile } from 'esbuild'
import { z } from 'zod'
import manifest from '../package.json' with { type: 'json' }
import { loadRates } from '../src/pricing/price-file.ts'
import { describeTools } from '../src/server/mcp/describe-tools.ts'
import { bundle } from '../src/web/assets/bundle.ts'
import { BROWSER_SCRIPTS } from '../src/web/assets/script.ts'
import { leanLibraries, oneCore, requiredBuiltins } from './build-plugins.ts'
import { lateZod } from './build-zod.ts'

const ROOT = resolve(import.meta.dirname, '..')

/** What is started by its path: the program, and the thread that draws. */
const ENTRIES = { cli: 'src/cli/cli.ts', worker: 'src/studio/pool/worker.ts' }

const Package = z.object({ license: z.string(), homepage: z.string() })

/** What sources read beside themselves. All files of the build lie in one folder, so that they find it there too. */
const ASSETS = [
  'server/mcp/SKILL.md',
  'studio/samples/music.wav',
  'studio/samples/voice.wav',
  'web/assets/style.css',
]

/** Of these packages one small file is read, and nothing else: it is shipped instead of the package. */
const WEIGHTS = [
  'node_modules/@mediapipe/selfie_segmentation/selfie_segmentation.tflite',
  'node_modules/@websr/websr/weights/anime4k/cnn-2x-l-an.json',
]

/**
 * Empties a folder and puts the program into it: `cli.js` with what every start needs, and a file for each part that is
 * loaded at its first use. What `package.json` calls a dependency is installed beside it; other packages are in the files,
 * and their licences in `licences.txt`. Names stay whole, so that a stack trace tells the place.
 * Returns what went into each file.
 */
export async function build(folder: string): Promise<Metafile> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const { metafile } = await esbuild({
    absWorkingDir: ROOT,
    entryPoints: ENTRIES,
    outdir: folder,
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    external: [...Object.keys(manifest.dependencies), 'esbuild'], // nothing of the package needs esbuild
    format: 'esm',
    platform: 'node',
    mainFields: ['module', 'main'], // of modules, what nothing uses is left out
    target: 'node22.18',
    charset: 'utf8',
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 1000,
    legalComments: 'none',
    metafile: true,
    plugins: [oneCore, leanLibraries, lateZod, requiredBuiltins],
  })
  for (const name of BROWSER_SCRIPTS) writeFileSync(join(folder, `${name}.js`), await bundle(name))
  for (const asset of [...ASSETS.map((path) => `src/${path}`), ...WEIGHTS])
    cpSync(join(ROOT, asset), join(folder, basename(asset)))
  const tools = describeTools(loadRates('default', undefined))
  writeFileSync(join(folder, 'tools.json'), JSON.stringify(tools))
  writeFileSync(join(folder, 'licences.txt'), licencesOf(metafile))
  return metafile
}

/** Folders of the packages whose code or weights are in the files, such as `node_modules/zod`. */
export function bundledPackages({ outputs }: Metafile): string[] {
  const inputs = Object.values(outputs).flatMap((output) => Object.keys(output.inputs))
  const folders = [...inputs, ...WEIGHTS].flatMap(
    (file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? [],
  )
  return [...new Set(folders)].toSorted()
}

/** The licences of the packages whose code is in the files: each text once, below the names of its packages. */
function licencesOf(metafile: Metafile): string {
  const names = Map.groupBy(bundledPackages(metafile), (path) => licenceOf(join(ROOT, path)))
  return [...names]
    .map(([text, paths]) => {
      const named = paths.map((path) => path.replace(/^.*node_modules\//, ''))
      return `${[...new Set(named)].join('\n')}\n\n${text}`
    })
    .join(`\n${'-'.repeat(80)}\n`)
}

/** The licence of a package: its text, or what it says of itself where it has none. */
function licenceOf(folder: string): string {
  const [file] = globSync('LICEN[SC]E*', { cwd: folder })
  if (file !== undefined) return readFileSync(join(folder, file), 'utf8')
  const about: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const { license, homepage } = Package.parse(about)
  return `${license} license, ${homepage}\n`
}

if (import.meta.main) await build(resolve(process.argv[2] ?? 'dist'))

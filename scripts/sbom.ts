import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import manifest from '../package.json' with { type: 'json' }

const ROOT = resolve(import.meta.dirname, '..')

const Named = z.object({ name: z.string(), version: z.string() })
const Lock = z.object({
  packages: z.record(z.string(), z.object({ version: z.string(), dev: z.boolean().optional() })),
})
const Sbom = z.looseObject({
  metadata: z.looseObject({ component: z.looseObject({ name: z.string() }) }),
  components: z.array(z.looseObject({ 'bom-ref': z.string() })),
  dependencies: z.array(z.looseObject({ ref: z.string(), dependsOn: z.array(z.string()) })),
})

/**
 * The list of parts of a release (CycloneDX): what is installed beside the package, on any platform, and the packages
 * whose code the build put into its files, given by their folders. `npm sbom --omit=dev` takes the latter for tools of
 * developers, loses packages that tools use as well, and names the whole after its folder.
 */
export function sbomOf(bundled: readonly string[]): string {
  const args = ['sbom', '--package-lock-only', '--sbom-format=cyclonedx', '--sbom-type=application']
  const all = Sbom.parse(json(execFileSync('npm', args, { cwd: ROOT, maxBuffer: 2 ** 26 })))
  const parts = new Set([...installed(), ...bundled.map(refOf)])
  const refs = new Set([`${manifest.name}@${manifest.version}`, ...parts])
  all.metadata.component.name = manifest.name
  return JSON.stringify({
    ...all,
    components: all.components.filter((part) => parts.has(part['bom-ref'])),
    dependencies: all.dependencies
      .filter(({ ref }) => refs.has(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((on) => refs.has(on)) })),
  })
}

/** What the lock file installs for users, as `name@version`. */
function installed(): string[] {
  const { packages } = Lock.parse(json(readFileSync(join(ROOT, 'package-lock.json'))))
  return Object.entries(packages)
    .filter(([path, { dev = false }]) => path !== '' && !dev)
    .map(([path, { version }]) => `${path.replace(/^.*node_modules\//, '')}@${version}`)
}

function refOf(folder: string): string {
  const { name, version } = Named.parse(json(readFileSync(join(ROOT, folder, 'package.json'))))
  return `${name}@${version}`
}

const json = (bytes: Buffer): unknown => JSON.parse(bytes.toString())

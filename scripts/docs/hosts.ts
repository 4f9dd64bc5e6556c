import manifest from '../../tests/hosts/package.json' with { type: 'json' }
import { MATRIX, type Row, type Sight } from '../../tests/hosts/matrix.ts'
import { code, table } from './markdown.ts'

const HEAD = [
  'Library',
  'Packages',
  'Picture of a paid result',
  'Picture of `viewImage`',
  'The model reads',
  'What to know',
]

const SIGHTS: Record<Sight, string> = {
  shown: 'shown',
  'left out': 'left out',
  base64: 'as base64 text',
}

/** The table of docs/hosts.md: what a model gets of Inkwell through each library. */
export function hostsTable(): string {
  return table(HEAD, Object.values(MATRIX).map(hostRow))
}

function hostRow({ name, packages, paid, viewed, structured, note }: Row): string[] {
  return [
    name,
    packages.map(versionOf).join(', '),
    SIGHTS[paid],
    SIGHTS[viewed],
    reads(structured),
    note,
  ]
}

/** A package with its version; those that stand under another name are told by their own. */
function versionOf(name: string): string {
  const versions: Record<string, string> = manifest.devDependencies
  const asked = versions[name]
  if (asked === undefined) throw new Error(`tests/hosts has no package ${name}`)
  const [, real = name, version = asked] = /^npm:(.+)@(.+)$/.exec(asked) ?? []
  return `${code(real)} ${version}`
}

function reads(structured: Row['structured']): string {
  if (structured.length === 0) return 'text'
  return structured.includes('paid') ? 'text and JSON' : 'text; JSON too where there is no picture'
}

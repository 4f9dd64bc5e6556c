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

/** The page on what models get of Inkwell through each library. */
export function hostsPage(): string {
  return [
    '# Libraries that agents are built with',
    'What a model gets of Inkwell through each. `npm run test:hosts` holds every row against the library itself, ' +
      'connected to a server on stdio in test mode: a stand-in for the API of its model asks for the calls, ' +
      'and what the model is told and shown is read from the requests.',
    'The same with all of them: the model is told of ten tools, names a size (`"imageSize": "square"`), ' +
      'reads file, id, cost and balance of a paid image, and of a refusal the reason and what it could afford instead; ' +
      'each image is charged once. The MCP SDK has no model: its rows say what a host that is built with it gets.',
    table(HEAD, Object.values(MATRIX).map(hostRow)),
    'A client that begins a process for every call needs `INKWELL_SESSION_ID`, or each call has the whole budget of a session: ' +
      '[budgets](../README.md#budgets).',
  ].join('\n\n')
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

/**
 * Writes the part of Stripe's API that Inkwell uses as an OpenAPI document, from the type declarations of
 * the `stripe` package that is installed. The Stripe emulator of the tests validates against it.
 * `node scripts/gen-stripe-contract.ts` writes it; with `--check` it exits 1 where it is stale.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { API } from 'typescript/unstable/sync'
import { Contract, type Operation } from './stripe-contract/convert.ts'
import { Declarations } from './stripe-contract/declarations.ts'

const ROOT = join(import.meta.dirname, '..')
const TARGET = join(ROOT, 'tests/services/stripe/openapi.json')
const PACKAGE = join(ROOT, 'node_modules/stripe')

const OPERATIONS: readonly Operation[] = [
  {
    path: '/v1/checkout/sessions',
    method: 'post',
    params: 'Checkout/Sessions#Checkout.SessionCreateParams',
    answer: 'Checkout/Sessions#Session',
  },
  {
    path: '/v1/checkout/sessions/{id}',
    method: 'get',
    params: 'Checkout/Sessions#Checkout.SessionRetrieveParams',
    answer: 'Checkout/Sessions#Session',
  },
  {
    path: '/v1/checkout/sessions/{id}/expire',
    method: 'post',
    params: 'Checkout/Sessions#Checkout.SessionExpireParams',
    answer: 'Checkout/Sessions#Session',
  },
  {
    path: '/v1/refunds',
    method: 'get',
    params: 'Refunds#RefundListParams',
    answer: 'Refunds#Refund',
    list: true,
  },
  {
    path: '/v1/disputes',
    method: 'get',
    params: 'Disputes#DisputeListParams',
    answer: 'Disputes#Dispute',
    list: true,
  },
  {
    path: '/v1/events',
    method: 'get',
    params: 'Events#EventListParams',
    answer: 'Events#EventBase',
    list: true,
  },
]

const folder = mkdtempSync(join(tmpdir(), 'inkwell-contract-'))
const api = new API({ cwd: ROOT })
try {
  const project = join(folder, 'tsconfig.json')
  const files = OPERATIONS.map(({ params }) =>
    join(PACKAGE, 'esm/resources', `${params.split('#')[0]}.d.ts`),
  )
  const compilerOptions = { noLib: true, types: [], module: 'nodenext' }
  writeFileSync(project, JSON.stringify({ compilerOptions, files: [...new Set(files)] }))
  const [opened] = api.updateSnapshot({ openProjects: [project] }).getProjects()
  if (opened === undefined) throw new Error('the declarations of stripe could not be opened')
  const contract = new Contract(new Declarations(opened.program, join(PACKAGE, 'esm')))
  const text = write(contract.document(OPERATIONS, about()))
  const stale = text !== readFileSync(TARGET, { encoding: 'utf8', flag: 'a+' })
  if (!process.argv.includes('--check')) writeFileSync(TARGET, text)
  else if (stale) process.exitCode = 1
} finally {
  api.close()
  rmSync(folder, { recursive: true })
}

function about() {
  const { version } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')) as {
    version: string
  }
  const source = readFileSync(join(PACKAGE, 'esm/apiVersion.js'), 'utf8')
  const [, apiVersion = ''] = /ApiVersion = '([^']+)'/.exec(source) ?? []
  return {
    title: 'Stripe API, the part that Inkwell uses',
    version: apiVersion,
    description: `Derived from the type declarations of stripe ${version} by scripts/gen-stripe-contract.ts.`,
    license: { name: 'MIT', url: 'https://github.com/stripe/stripe-node/blob/master/LICENSE' },
  }
}

/** One schema a line: short, and a change of Stripe's API shows as the lines it changes. */
function write({ schemas, ...document }: ReturnType<Contract['document']>): string {
  const lines = Object.entries(schemas).map(
    ([name, schema]) => `${JSON.stringify(name)}:${JSON.stringify(schema)}`,
  )
  const head = JSON.stringify(document).slice(0, -1)
  return `${head},"components":{"schemas":{\n${lines.toSorted().join(',\n')}\n}}}\n`
}

/**
 * The whole story in one run: an agent-style MCP client spawns the server as mcp.json says, makes, edits,
 * cuts out and enlarges images, watches its balance fall and is refused at its session budget.
 * Run it with `npm run demo`. It needs no key and no network.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import sharp from 'sharp'

const root = join(import.meta.dirname, '..')
const folder = join(root, 'demo-output')
const budgetUsd = '0.25'

type ServerEntry = { command: string; args: string[]; env: Record<string, string> }
type PaidResult = {
  outputs: { path: string; assetId: string; width: number; height: number }[]
  cost: { display: string }
  balance: { display: string }
  session: { remaining: { display: string } | null }
}

const say = (text: string): void => void process.stdout.write(`${text}\n`)

/** Starts the server that mcp.json describes, with a folder and a budget of its own. */
async function connect(): Promise<Client> {
  const config = JSON.parse(readFileSync(join(root, 'mcp.json'), 'utf8')) as {
    mcpServers: { inkwell: ServerEntry }
  }
  const { command, args, env } = config.mcpServers.inkwell
  const client = new Client({ name: 'inkwell-demo', version: '1.0.0' })
  const environment = {
    ...env,
    INKWELL_HOME: folder,
    INKWELL_MAX_USD_PER_RUN: budgetUsd,
    INKWELL_LOG_LEVEL: 'error',
  }
  await client.connect(new StdioClientTransport({ command, args, cwd: root, env: environment }))
  return client
}

/** A picture to work on, as a user would have one: a vase on a plain backdrop. */
async function drawVase(): Promise<string> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="480" height="480">
    <rect width="480" height="480" fill="#f4efe6"/>
    <path d="M205 90h70c-4 60 85 110 85 195 0 75-50 115-120 115s-120-40-120-115c0-85 89-135 85-195z" fill="#2f6f73"/>
    <path d="M150 250c60 24 120 24 180 0v26c-60 24-120 24-180 0z" fill="#e9b44c"/></svg>`
  const path = join(folder, 'vase.png')
  await sharp(Buffer.from(svg)).png().toFile(path)
  return path
}

async function paid(
  client: Client,
  name: string,
  input: Record<string, unknown>,
): Promise<PaidResult | null> {
  const result = await client.callTool({ name, arguments: input })
  const [first] = result.content
  say(`\n> ${name} ${JSON.stringify(input)}`)
  if (result.isError === true) {
    say(`  REFUSED: ${first?.type === 'text' ? first.text : ''}`)
    return null
  }
  const made = result.structuredContent as PaidResult
  for (const { path, width, height } of made.outputs) say(`  ${path}  ${width}×${height}`)
  say(
    `  cost ${made.cost.display}   balance ${made.balance.display}   session budget left ${made.session.remaining?.display}`,
  )
  return made
}

async function tell(client: Client): Promise<void> {
  const [content] = (await client.callTool({ name: 'checkUsage', arguments: {} })).content
  say(`\n> checkUsage\n${content?.type === 'text' ? content.text.replaceAll(/^/gm, '  ') : ''}`)
}

rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
const vase = await drawVase()
const client = await connect()
const { tools } = await client.listTools()
say(
  `Inkwell in test mode, session budget $${budgetUsd}. Tools: ${tools.map(({ name }) => name).join(', ')}`,
)

await tell(client)
const hero = await paid(client, 'generateImage', { prompt: 'warm sunset mesh gradient', seed: 7 })
await paid(client, 'generateImage', {
  prompt: 'blue geometric pattern',
  imageSize: 'square',
  seed: 3,
})
await paid(client, 'editImage', {
  image: hero?.outputs[0]?.assetId,
  prompt: 'crop to square, then round corners',
})
await paid(client, 'removeBackground', { image: vase })
await paid(client, 'upscale', { image: vase, scale: 2 })
await paid(client, 'generateImage', { prompt: 'calm teal to navy gradient background' })
await paid(client, 'generateImage', { prompt: 'one image too many' })
await tell(client)
await client.close()
say(
  `\nAll files are in ${folder}. The ledger behind them: INKWELL_HOME=${folder} npm run inkwell -- usage history`,
)

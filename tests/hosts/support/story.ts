import { resolve } from 'node:path'
import { format } from 'node:util'
import {
  ARGS,
  COMMAND,
  REPOSITORY,
  examine,
  inkwell,
  temporaryHome,
  type Home,
  type Settings,
} from '../../support/app.ts'
import type { Call, Connection, Open, Seen, ShownTool } from './host.ts'
import { called } from './offline.ts'

/** Enough for an image at $0.05 and one at $0.02, and for no second one at $0.05. */
const BUDGET = '0.10'

/** A call that is paid, and brings a picture. */
export const IMAGE: Call = {
  name: 'generateImage',
  args: { prompt: 'a calm sea', imageSize: 'square' },
}

/** What a library makes of a session: an image, a look at it, another model, and a refusal. */
export type Story = {
  tools: ShownTool[]
  paid: Seen
  viewed: Seen
  ran: Seen
  refused: Seen
  usage: Seen
  /** Lines that the library printed. */
  printed: string[]
  /** Hosts that it called over a network. */
  called: string[]
  /** What the command line lists as charged once the server has ended, and what the ledger holds. */
  ledger: { charges: unknown; available: number; held: number; difference: unknown }
}

/** Plays the story with a library and a server of its own, in test mode. */
export async function play(open: Open): Promise<Story> {
  using home = temporaryHome({ INKWELL_MAX_USD_PER_RUN: BUDGET })
  using printed = watchConsole()
  const seen = await connected(open, home, use)
  const { stdout } = await inkwell(home, ['usage', 'history', '--json'])
  const { records: charges } = JSON.parse(stdout) as { records: unknown }
  return {
    ...seen,
    printed: printed.lines,
    called,
    ledger: { charges, ...(await examine(home)) },
  }
}

/** What a result of `call` shows to the model, with a server of its own. */
export async function playOne(open: Open, call: Call, settings: Settings = {}): Promise<Seen> {
  using home = temporaryHome(settings)
  return await connected(open, home, async (connection) => await connection.call(call))
}

async function connected<T>(
  open: Open,
  home: Home,
  body: (connection: Connection) => Promise<T>,
): Promise<T> {
  const command = resolve(REPOSITORY, COMMAND)
  const connection = await open({ command, args: ARGS, cwd: REPOSITORY, env: home.env })
  try {
    return await body(connection)
  } finally {
    await connection.close()
  }
}

async function use({ tools, call }: Connection) {
  const told = await tools()
  const paid = await call(IMAGE)
  const [id] = /asset_\w+/.exec(paid.text) ?? []
  return {
    tools: told,
    paid,
    viewed: await call({ name: 'viewImage', args: { id } }),
    ran: await call({
      name: 'run',
      args: {
        model: 'fal-ai/lora',
        input: { model_name: 'a/b', prompt: 'a sea', image_size: { width: 256, height: 128 } },
      },
    }),
    refused: await call({ name: 'generateImage', args: { prompt: 'one too many' } }),
    usage: await call({ name: 'checkUsage', args: {} }),
  }
}

const METHODS = ['debug', 'error', 'info', 'log', 'trace', 'warn'] as const

/** Keeps what is printed through the console, and warnings of the process, until it is let go. */
function watchConsole(): Disposable & { lines: string[] } {
  const lines: string[] = []
  const originals = METHODS.map((method) => [method, console[method]] as const)
  for (const method of METHODS)
    console[method] = (...parts: unknown[]) => void lines.push(format(...parts))
  const warn = ({ message }: Error): void => void lines.push(message)
  process.on('warning', warn)
  return {
    lines,
    [Symbol.dispose]: () => {
      for (const [method, original] of originals) console[method] = original
      process.off('warning', warn)
    },
  }
}

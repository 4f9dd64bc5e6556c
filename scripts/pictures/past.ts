import { createApp } from '../../src/app.ts'
import { loadConfig } from '../../src/config.ts'
import { callTool } from '../../src/server/mcp/call.ts'
import { toolsFor } from '../../src/tools/index.ts'
import type { Home } from '../../tests/support/app.ts'

/** Days before today, the hour and minute in UTC, the session, the tool and its arguments. */
type Done = readonly [
  day: number,
  time: string,
  session: string,
  tool: string,
  input: Record<string, unknown>,
]

const WIDE = '1200x630'
const SCHNELL = 'fal-ai/flux/schnell'

/** Twelve days of a small team: a shop, a notebook and a blog. */
const DONE: readonly Done[] = [
  [12, '09:12', 'shop', 'generateImage', { prompt: 'Mountain ridges at sunrise' }],
  [12, '09:31', 'shop', 'generateImage', { prompt: 'Low poly hills in teal', model: SCHNELL }],
  [12, '15:04', 'blog', 'generateImage', { prompt: 'Banner "Autumn notes"', imageSize: WIDE }],
  [10, '08:47', 'notebook', 'generateImage', { prompt: 'App icon with a pen, indigo' }],
  [10, '11:20', 'notebook', 'run', speech('Welcome to your notebook.')],
  [9, '13:55', 'shop', 'generateImage', { prompt: 'Marble texture, warm grey', model: SCHNELL }],
  [9, '14:10', 'shop', 'generateImage', { prompt: 'Wood texture, oak', model: SCHNELL }],
  [8, '10:02', 'blog', 'generateImage', { prompt: 'Banner "Release 2.0"', imageSize: WIDE }],
  [6, '09:40', 'notebook', 'generateImage', { prompt: 'Empty state: no notes yet' }],
  [
    6,
    '09:58',
    'notebook',
    'generateImage',
    { prompt: 'Avatar with the initials ML', model: SCHNELL },
  ],
  [5, '16:21', 'shop', 'generateImage', { prompt: 'Stars over a dark valley' }],
  [5, '16:40', 'shop', 'generateImage', { prompt: 'Logo for "Northwind"' }],
  [3, '08:15', 'blog', 'generateImage', { prompt: 'Banner "Winter sale"', imageSize: WIDE }],
  [3, '08:33', 'shop', 'run', speech('Ten percent off until Sunday.')],
  [2, '12:05', 'notebook', 'generateImage', { prompt: 'Icon of a calendar on white' }],
  [2, '12:26', 'notebook', 'generateImage', { prompt: 'Icon of a bell on white', model: SCHNELL }],
  [1, '09:03', 'shop', 'generateImage', { prompt: 'Gradient from coral to violet' }],
  [1, '10:44', 'shop', 'generateImage', { prompt: 'Sunset over calm sea' }],
  [1, '17:30', 'blog', 'generateImage', { prompt: 'Geometric pattern, navy and gold' }],
  [0, '00:02', 'notebook', 'generateImage', { prompt: 'Favicon with the letter N' }],
]

function speech(text: string) {
  return { model: 'minimax/speech-02-hd', input: { text } }
}

/** Makes what the pictures show, each at its time, by the tools themselves. */
export async function makePast(home: Home): Promise<void> {
  const today = new Date().setUTCHours(0, 0, 0, 0)
  let at = today - 13 * 86_400_000
  const config = loadConfig({ ...home.env, INKWELL_LOG_LEVEL: 'error' })
  const app = createApp(config, { now: () => at })
  try {
    await app.ready(app.localCaller('shop'))
    for (const [day, time, session, name, input] of DONE) {
      const [hours = 0, minutes = 0] = time.split(':').map(Number)
      at = new Date(today - day * 86_400_000).setUTCHours(hours, minutes, 17)
      const tool = toolsFor(app.generations.rates).find((one) => one.name === name)
      if (tool === undefined) throw new Error(`there is no tool ${name}`)
      const never = new AbortController().signal
      const { isError, content } = await callTool(app, tool, input, {
        caller: app.localCaller(session),
        signal: never,
        disconnected: never,
        onProgress: () => {},
        maxWaitMs: 60_000,
        takesStructured: true,
      })
      if (isError === true) throw new Error(JSON.stringify(content))
    }
  } finally {
    await app.close()
  }
}

import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import type { Agent, Call, Open, Seen, Server } from './host.ts'
import { anthropic } from './wires/anthropic.ts'
import { gemini } from './wires/gemini.ts'
import { openaiChat } from './wires/openai-chat.ts'
import { openaiResponses } from './wires/openai-responses.ts'
import type { Body, Part, Wire, WiredTool } from './wires/wire.ts'

const WIRES = [anthropic, gemini, openaiChat, openaiResponses]

type Model = {
  url: string
  /** Calls that it will ask for, one a request; then it is done. */
  asks: Call[]
  /** What it was sent, oldest first. */
  sent: { wire: Wire; body: Body }[]
  close: () => Promise<unknown>
}

/** Connects a library that lets a model call tools: what the model is told and shown is read from its requests. */
export function throughModel(start: (server: Server, url: string) => Promise<Agent>): Open {
  return async (server) => {
    const model = await startModel()
    const agent = await start(server, model.url)
    return {
      tools: async () => {
        await agent.run()
        return model.sent.map(({ wire, body }) => wire.tools(body)).at(-1) ?? []
      },
      call: async (call) => {
        model.asks.push(call)
        await agent.run()
        const last = model.sent.at(-1)
        return seenIn(last?.wire.seen(last.body) ?? [])
      },
      close: async () => {
        await agent.close()
        await model.close()
      },
    }
  }
}

function seenIn(parts: readonly Part[]): Seen {
  const text = parts.map((part) => part.text).join('')
  const pictures = parts.flatMap((part) => part.pictures)
  return { text, pictures, structured: text.includes('"structuredContent"') }
}

/** A stand-in for the API of a model, on loopback, that refuses what the real one does. */
async function startModel(): Promise<Model> {
  const sent: Model['sent'] = []
  const asks: Call[] = []
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const wire = WIRES.find(({ path }) => path.test(request.url ?? ''))
    if (wire === undefined) return reply(response, 404, failure(`no model at ${request.url}`))
    const body = (await json(request)) as Body
    sent.push({ wire, body })
    const faults = wire.faults(body)
    if (faults.length > 0) return reply(response, 400, failure(faults.join('; ')))
    const call = asks.shift()
    reply(
      response,
      200,
      call === undefined ? wire.end() : wire.ask(spelled(call, wire.tools(body)), sent.length),
    )
  }
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => reply(response, 500, failure(error)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asks,
    sent,
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** A call as the model was told of the tool: some libraries put a word before its name, or require every argument. */
function spelled({ name, args }: Call, tools: readonly WiredTool[]): Call {
  const tool = tools.find((one) => one.name === name || one.name.endsWith(`_${name}`))
  if (tool === undefined) throw new Error(`the model was not told of ${name}`)
  const required = tool.parameters.required ?? []
  const nulls = Object.fromEntries(required.map((argument) => [argument, null]))
  return { name: tool.name, args: { ...nulls, ...args } }
}

function failure(error: unknown): object {
  return { type: 'error', error: { type: 'invalid_request_error', message: String(error) } }
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** Stands for the id of a message: no two in hand may have the same. */
export const NEXT_ID = '#'.repeat(8)
let lastId = 0

/** One request as it goes over the wire, to be sent again and again. */
export type Shot = { url: string; bytes: string }
/** How much to send: over how many connections, and either for so long or so often. */
type Order = Shot & { connections: number; forMs: number; count: number }
/** What came back: how many answers, and how long each took, in milliseconds. */
type Volley = { times: number[] }

export type Load = Disposable & {
  fire(shot: Shot, much: { connections: number; forMs?: number; count?: number }): Promise<Volley>
}

/** Starts a process that sends requests, so that its work is not the server's. */
export function startLoad(): Load {
  const child = fork(import.meta.filename, { serialization: 'advanced' })
  return {
    fire: async (shot, { connections, forMs = Infinity, count = Infinity }) => {
      child.send({ ...shot, connections, forMs, count } satisfies Order)
      const [answer] = (await once(child, 'message')) as [Volley | { error: string }]
      if ('error' in answer) throw new Error(answer.error)
      return answer
    },
    [Symbol.dispose]: () => child.disconnect(),
  }
}

/** Connects and has a first answer: a busy server takes a while to accept many, which is not to be measured. */
async function open({ url, bytes }: Shot): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port), noDelay: true })
  await once(socket, 'connect')
  await exchange(socket, bytes)
  return socket
}

async function exchange(socket: Socket, bytes: string): Promise<void> {
  const id = String((lastId += 1)).padStart(NEXT_ID.length, '0')
  const answer = await answerTo(socket, bytes.replace(NEXT_ID, id))
  if (!answer.startsWith('HTTP/1.1 200') || answer.includes('"isError":true'))
    throw new Error(answer.slice(0, 500))
}

function answerTo(socket: Socket, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const read = (chunk: string): void => {
      text += chunk
      if (isWhole(text)) done(() => resolve(text))
    }
    const lost = (): void => done(() => reject(new Error('the connection was closed')))
    const done = (settle: () => void): void => {
      socket.off('data', read).off('close', lost)
      settle()
    }
    socket.setEncoding('latin1').on('data', read).on('close', lost)
    socket.write(bytes)
  })
}

/** Whether an answer has come to its end. */
function isWhole(text: string): boolean {
  const head = text.indexOf('\r\n\r\n')
  if (head < 0) return false
  const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, head))?.[1]
  return length === undefined
    ? text.endsWith('\r\n0\r\n\r\n')
    : text.length >= head + 4 + Number(length)
}

/** One shot at a time over each connection. */
async function fire({ connections, forMs, count, ...shot }: Order): Promise<Volley> {
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(shot)))
  const until = performance.now() + forMs
  const times: number[] = []
  let begun = 0
  const send = async (socket: Socket) => {
    while (performance.now() < until && (begun += 1) <= count) {
      const begunAt = performance.now()
      await exchange(socket, shot.bytes)
      times.push(performance.now() - begunAt)
    }
    socket.destroy()
  }
  await Promise.all(sockets.map(send))
  return { times }
}

if (import.meta.main) {
  process.on('message', (order: Order) => {
    fire(order).then(
      (volley) => process.send?.(volley),
      (error: Error) => process.send?.({ error: error.message }),
    )
  })
  process.once('disconnect', () => process.exit())
}

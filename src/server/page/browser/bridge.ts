/** The app's end of MCP Apps: JSON-RPC with the host over postMessage (specification of 2026-01-26). */

export type HostContext = {
  theme?: 'light' | 'dark'
  styles?: { variables?: Record<string, string | undefined> }
}

export type ToolResult = {
  isError?: boolean
  structuredContent?: Record<string, unknown>
  _meta?: Record<string, unknown>
  content?: { type: string; text?: string }[]
}

type Message = {
  id?: number | string
  method?: string
  params?: unknown
  result?: unknown
  error?: { message: string }
}

export type Host = {
  context: HostContext
  /** Whether the host passes calls of tools on. */
  mayCallTools: boolean
  callTool(name: string, args: object): Promise<ToolResult>
}

const PROTOCOL = '2026-01-26'

/** Greets the host, and hears its notifications from then on. Rejects where the host refuses. */
export async function connect(
  heard: Readonly<Record<string, (params: unknown) => void>>,
): Promise<Host> {
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (e: Error) => void }>()
  const send = (message: object): void =>
    window.parent.postMessage({ jsonrpc: '2.0', ...message }, '*')
  let last = 0

  const request = <T>(method: string, params: object): Promise<T> =>
    new Promise((resolve, reject) => {
      const id = (last += 1)
      waiting.set(id, { resolve, reject })
      send({ id, method, params })
    })

  const answered = ({ id, result, error }: Message): void => {
    const asked = typeof id === 'number' ? waiting.get(id) : undefined
    if (typeof id === 'number') waiting.delete(id)
    if (error === undefined) asked?.resolve(result as never)
    else asked?.reject(new Error(error.message))
  }

  window.addEventListener('message', ({ source, data }: MessageEvent<Message | null>) => {
    if (source !== window.parent || typeof data !== 'object' || data === null) return
    if (data.method === undefined) return answered(data)
    if (data.id === undefined) return heard[data.method]?.(data.params)
    if (data.method === 'ping' || data.method === 'ui/resource-teardown')
      return send({ id: data.id, result: {} })
    send({ id: data.id, error: { code: -32_601, message: 'Method not found' } })
  })

  type Greeting = { hostContext?: HostContext; hostCapabilities?: { serverTools?: object } }
  const { hostContext = {}, hostCapabilities = {} } = await request<Greeting>('ui/initialize', {
    protocolVersion: PROTOCOL,
    appInfo: { name: 'inkwell-usage', title: 'Inkwell usage', version: '1.0.0' },
    appCapabilities: { availableDisplayModes: ['inline', 'fullscreen'] },
  })
  send({ method: 'ui/notifications/initialized', params: {} })
  tellSize(send)
  return {
    context: hostContext,
    mayCallTools: hostCapabilities.serverTools !== undefined,
    callTool: (name, args) => request('tools/call', { name, arguments: args }),
  }
}

/** The host gives the frame the height of what is in it. */
function tellSize(send: (message: object) => void): void {
  const { documentElement: root } = document
  new ResizeObserver(() => {
    const params = {
      width: root.scrollWidth,
      height: Math.ceil(root.getBoundingClientRect().height),
    }
    send({ method: 'ui/notifications/size-changed', params })
  }).observe(root)
}

/** JSON-RPC between the app and its host over postMessage (MCP Apps, specification of 2026-01-26). */

type DisplayMode = 'inline' | 'fullscreen' | 'pip'

export type HostContext = {
  theme?: 'light' | 'dark'
  styles?: { variables?: Record<string, string | undefined>; css?: { fonts?: string } }
  displayMode?: DisplayMode
  availableDisplayModes?: string[]
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
  /** Whether the host lets the app call tools. */
  mayCallTools: boolean
  callTool(name: string, args: object): Promise<ToolResult>
  /** Whether the host opens pages outside the chat. */
  opensLinks: boolean
  /** Opens a page outside the chat. Rejects if the host or the person refuses. */
  openLink(url: string): Promise<unknown>
  /** Asks for another display mode. Returns the mode that the host chose. */
  requestDisplayMode(mode: DisplayMode): Promise<DisplayMode>
}

const PROTOCOL = '2026-01-26'

/** Opens the connection and passes the host's notifications to their handlers. Rejects if the host refuses. */
export async function connect(
  handlers: Readonly<Record<string, (params: unknown) => void>>,
): Promise<Host> {
  const pending = new Map<number, { resolve: (value: never) => void; reject: (e: Error) => void }>()
  const send = (message: object): void =>
    window.parent.postMessage({ jsonrpc: '2.0', ...message }, '*')
  let lastId = 0

  const request = <T>(method: string, params: object): Promise<T> =>
    new Promise((resolve, reject) => {
      const id = (lastId += 1)
      pending.set(id, { resolve, reject })
      send({ id, method, params })
    })

  const settle = ({ id, result, error }: Message): void => {
    if (typeof id !== 'number') return
    const open = pending.get(id)
    pending.delete(id)
    if (error === undefined) open?.resolve(result as never)
    else open?.reject(new Error(error.message))
  }

  window.addEventListener('message', ({ source, data }: MessageEvent<Message | null>) => {
    if (source !== window.parent || typeof data !== 'object' || data === null) return
    if (data.method === undefined) return settle(data)
    if (data.id === undefined) return handlers[data.method]?.(data.params)
    if (data.method === 'ping' || data.method === 'ui/resource-teardown')
      return send({ id: data.id, result: {} })
    send({ id: data.id, error: { code: -32_601, message: 'Method not found' } })
  })

  type Initialized = {
    hostContext?: HostContext
    hostCapabilities?: { serverTools?: object; openLinks?: object }
  }
  const { hostContext = {}, hostCapabilities = {} } = await request<Initialized>('ui/initialize', {
    protocolVersion: PROTOCOL,
    appInfo: { name: 'inkwell-usage', title: 'Inkwell usage', version: '1.0.0' },
    appCapabilities: { availableDisplayModes: ['inline', 'fullscreen'] },
  })
  send({ method: 'ui/notifications/initialized', params: {} })
  reportSize(send)
  return {
    context: hostContext,
    mayCallTools: hostCapabilities.serverTools !== undefined,
    callTool: (name, args) => request('tools/call', { name, arguments: args }),
    opensLinks: hostCapabilities.openLinks !== undefined,
    openLink: (url) => request('ui/open-link', { url }),
    requestDisplayMode: async (mode) =>
      (await request<{ mode: DisplayMode }>('ui/request-display-mode', { mode })).mode,
  }
}

/** Tells the host the size of the content, so that it can fit the frame. */
function reportSize(send: (message: object) => void): void {
  const { documentElement: root } = document
  new ResizeObserver(() => {
    const params = {
      width: root.scrollWidth,
      height: Math.ceil(root.getBoundingClientRect().height),
    }
    send({ method: 'ui/notifications/size-changed', params })
  }).observe(root)
}

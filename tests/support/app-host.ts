import type { Page } from 'playwright-core'

/** What a host of MCP Apps was told by the view, message by message. */
type Heard = { method?: string; params?: Record<string, unknown> }[]

export type AppHost = {
  heard: () => Promise<Heard>
  notify: (method: string, params: object) => Promise<void>
}

export type HostOptions = {
  view: string
  theme?: 'light' | 'dark'
  /** Calls a tool of the server for the view; without it the host says that it cannot. */
  callTool?: (name: string, args: object) => Promise<unknown>
  /** Whether the host opens pages outside the chat, or refuses to; without it the host says that it cannot. */
  links?: 'opened' | 'refused'
  /** The rest of the context: display modes, variables. */
  context?: object
}

/** The policy that the specification gives views which ask for nothing. */
const POLICY =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; media-src data:; connect-src 'none'"

/** Makes a page the host of a view: it plays the bridge of MCP Apps, with the view in a frame of another origin. */
export async function hostApp(
  page: Page,
  { view, theme = 'light', callTool, links, context = {} }: HostOptions,
): Promise<AppHost> {
  const framed = view.replace(
    '<head>',
    `<head><meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
  )
  await page.exposeFunction('callTool', callTool ?? (() => null))
  await page.setContent('<title>Chat</title><body style="margin:0"></body>')
  await page.evaluate(HOST)
  await page.evaluate(
    ([html, given, capabilities, opens]) => {
      const host = globalThis as unknown as { openView: (...args: unknown[]) => void }
      host.openView(html, given, capabilities, opens)
    },
    [
      framed,
      { theme, ...context },
      { ...(callTool && { serverTools: {} }), ...(links && { openLinks: {} }) },
      links === 'opened',
    ] as const,
  )
  await page.waitForFunction(`heard.some((one) => one.method === 'ui/notifications/initialized')`)
  return {
    heard: () => page.evaluate<Heard>('heard'),
    notify: async (method, params) =>
      void (await page.evaluate(`notify(${JSON.stringify(method)}, ${JSON.stringify(params)})`)),
  }
}

/** The host's end of the bridge, as it runs in the page. */
const HOST = `
  globalThis.heard = []
  globalThis.openView = (html, hostContext, hostCapabilities, opens) => {
    const frame = document.createElement('iframe')
    frame.title = 'Usage'
    frame.setAttribute('sandbox', 'allow-scripts')
    frame.style = 'width:100%;height:400px;border:0;display:block'
    globalThis.notify = (method, params) =>
      frame.contentWindow.postMessage({ jsonrpc: '2.0', method, params }, '*')
    addEventListener('message', async ({ source, data }) => {
      if (source !== frame.contentWindow) return
      heard.push({ method: data.method, params: data.params })
      const answer = (result) => source.postMessage({ jsonrpc: '2.0', id: data.id, result }, '*')
      if (data.method === 'ui/initialize')
        answer({
          protocolVersion: '2026-01-26',
          hostInfo: { name: 'test-host', version: '1' },
          hostCapabilities,
          hostContext,
        })
      if (data.method === 'tools/call') answer(await callTool(data.params.name, data.params.arguments))
      if (data.method === 'ui/open-link')
        opens ? answer({}) : source.postMessage({ jsonrpc: '2.0', id: data.id, error: { code: -32000, message: 'Refused' } }, '*')
      if (data.method === 'ui/request-display-mode') answer({ mode: data.params.mode })
      if (data.method === 'ui/notifications/size-changed') frame.style.height = data.params.height + 'px'
    })
    frame.srcdoc = html
    document.body.append(frame)
  }`

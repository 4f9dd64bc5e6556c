import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Environment } from '../../config.ts'

/** How a client starts Inkwell. */
export type Launch = { command: string; args: string[]; env: Record<string, string> }

/** What the place of a client's file depends on. */
type Machine = { home: string; platform: NodeJS.Platform; env: Environment }

/** A client that reads MCP servers from a file of its own. */
export type Client = {
  title: string
  /** The file of the user, for all projects. */
  file: (machine: Machine) => string
  format: 'json' | 'toml'
  /** The object in the file that holds the servers by name. */
  servers: string
  entry: (launch: Launch) => Record<string, unknown>
  /** What shows the person that it worked. */
  shows: string
}

const same = (launch: Launch): Record<string, unknown> => ({ ...launch })
const stdio = (launch: Launch): Record<string, unknown> => ({ type: 'stdio', ...launch })

/** The clients that `inkwell setup` knows. */
export const CLIENTS = {
  'claude-code': {
    title: 'Claude Code',
    file: ({ home, env }) => join(env['CLAUDE_CONFIG_DIR'] ?? home, '.claude.json'),
    format: 'json',
    servers: 'mcpServers',
    entry: stdio,
    shows: 'Start a new session; `claude mcp list` shows inkwell.',
  },
  'claude-desktop': {
    title: 'Claude Desktop',
    file: (machine) => join(appData(machine), 'Claude/claude_desktop_config.json'),
    format: 'json',
    servers: 'mcpServers',
    entry: same,
    shows: 'Quit Claude Desktop and start it again.',
  },
  cursor: {
    title: 'Cursor',
    file: ({ home }) => join(home, '.cursor/mcp.json'),
    format: 'json',
    servers: 'mcpServers',
    entry: same,
    shows: 'Cursor Settings, under MCP, shows inkwell.',
  },
  vscode: {
    title: 'VS Code',
    file: (machine) => join(appData(machine), 'Code/User/mcp.json'),
    format: 'json',
    servers: 'servers',
    entry: stdio,
    shows: 'The command "MCP: List Servers" shows inkwell.',
  },
  codex: {
    title: 'Codex',
    file: ({ home, env }) => join(env['CODEX_HOME'] ?? join(home, '.codex'), 'config.toml'),
    format: 'toml',
    servers: 'mcp_servers',
    entry: (launch) => ({ ...launch, startup_timeout_sec: 60 }),
    shows: '`codex mcp list` shows inkwell.',
  },
  gemini: {
    title: 'Gemini CLI',
    file: ({ home }) => join(home, '.gemini/settings.json'),
    format: 'json',
    servers: 'mcpServers',
    entry: same,
    shows: '`gemini mcp list` shows inkwell.',
  },
  opencode: {
    title: 'opencode',
    file: ({ home, env }) => {
      const folder = join(env['XDG_CONFIG_HOME'] ?? join(home, '.config'), 'opencode')
      const commented = join(folder, 'opencode.jsonc')
      return existsSync(commented) ? commented : join(folder, 'opencode.json')
    },
    format: 'json',
    servers: 'mcp',
    entry: ({ command, args, env }) => ({
      type: 'local',
      command: [command, ...args],
      environment: env,
      enabled: true,
      timeout: 120_000,
    }),
    shows: '`opencode mcp list` shows inkwell.',
  },
  copilot: {
    title: 'GitHub Copilot CLI',
    file: ({ home }) => join(home, '.copilot/mcp-config.json'),
    format: 'json',
    servers: 'mcpServers',
    entry: (launch) => ({ type: 'local', ...launch, tools: ['*'] }),
    shows: '`/mcp show` in a session shows inkwell.',
  },
  windsurf: {
    title: 'Windsurf',
    file: ({ home }) => join(home, '.codeium/windsurf/mcp_config.json'),
    format: 'json',
    servers: 'mcpServers',
    entry: same,
    shows: 'Refresh the MCP servers of Cascade.',
  },
  zed: {
    title: 'Zed',
    file: ({ home, platform, env }) =>
      platform === 'win32'
        ? join(appData({ home, platform, env }), 'Zed/settings.json')
        : join(env['XDG_CONFIG_HOME'] ?? join(home, '.config'), 'zed/settings.json'),
    format: 'json',
    servers: 'context_servers',
    entry: same,
    shows: 'The settings of the Agent Panel show inkwell.',
  },
} as const satisfies Record<string, Client>

export type ClientName = keyof typeof CLIENTS

/** Where desktop programs keep their settings. */
function appData({ home, platform, env }: Machine): string {
  if (platform === 'darwin') return join(home, 'Library/Application Support')
  if (platform === 'win32') return env['APPDATA'] ?? join(home, 'AppData/Roaming')
  return env['XDG_CONFIG_HOME'] ?? join(home, '.config')
}

import manifest from '../../package.json' with { type: 'json' }
import type { Setting } from '../../src/config/setting.ts'
import { SETTINGS } from '../../src/config/settings.ts'

/** How a client starts the published package. */
const NPX = {
  command: 'npx',
  args: ['-y', manifest.name],
  env: { INKWELL_MAX_USD_PER_RUN: '1.00' },
}

/** Where the sources are, for people. */
const REPOSITORY = manifest.repository.url.replace(/^git\+|\.git$/g, '')

/** Settings that somebody who installs Inkwell from a registry is asked for. */
const ASKED = [
  'sessionBudget',
  'dayBudget',
  'ownKey',
  'operatorKey',
  'outputDir',
  'inputDirs',
] as const

const json = (value: unknown): string => JSON.stringify(value, null, 2)

/** `server.json`, for the MCP registry: the package from npm, and a server that somebody else runs. */
export function serverJson(): string {
  return json({
    $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
    name: manifest.mcpName,
    title: 'Inkwell',
    description: 'Image tools for agents, paid from a prepaid balance that cannot be overspent',
    repository: { url: REPOSITORY, source: 'github' },
    websiteUrl: manifest.homepage,
    version: manifest.version,
    packages: [
      {
        registryType: 'npm',
        identifier: manifest.name,
        version: manifest.version,
        runtimeHint: 'npx',
        transport: { type: 'stdio' },
        environmentVariables: ASKED.map((key) => variable(SETTINGS[key])),
      },
    ],
    remotes: [
      {
        type: 'streamable-http',
        url: 'https://{host}/mcp',
        variables: {
          host: {
            description: 'name of the server that your team runs, such as inkwell.example.com',
            isRequired: true,
          },
        },
        headers: [
          {
            name: 'Authorization',
            value: 'Bearer {key}',
            variables: {
              key: { description: 'the API key, ink_…', isRequired: true, isSecret: true },
            },
          },
        ],
      },
    ],
  })
}

function variable({ names: [name], means, isSecret, read }: Setting<unknown>) {
  const isPath = read === SETTINGS.outputDir.read
  return {
    name,
    description: means.replaceAll('`', ''),
    format: isPath ? 'filepath' : 'string',
    ...(isSecret ? { isSecret: true } : {}),
    ...(name === 'INKWELL_MAX_USD_PER_RUN' ? { default: NPX.env[name] } : {}),
  }
}

/** `gemini-extension.json`: Gemini CLI installs the repository as an extension. */
export function geminiExtension(): string {
  const { name, version, description } = about()
  return json({ name, version, description, mcpServers: { inkwell: NPX } })
}

/** The plugin of Claude Code: the server and the skill beside it. */
export function claudePlugin(): string {
  return json({ ...about(), mcpServers: { inkwell: NPX } })
}

function about() {
  const { version, description, license, homepage, keywords } = manifest
  return {
    name: 'inkwell',
    version,
    description,
    author: { name: manifest.author },
    homepage,
    repository: REPOSITORY,
    license,
    keywords,
  }
}

/** Links that add Inkwell to a client when somebody clicks them, as Markdown. */
export function oneClickLinks(): string {
  const { command, args, env } = NPX
  const vscode = new URL('https://vscode.dev/redirect/mcp/install')
  vscode.search = `?name=inkwell&config=${encodeURIComponent(JSON.stringify({ type: 'stdio', command, args, env }))}`
  const cursor = new URL('https://cursor.com/en/install-mcp')
  cursor.search = `?name=inkwell&config=${encodeURIComponent(Buffer.from(JSON.stringify(NPX)).toString('base64'))}`
  return `[Add to VS Code](${vscode.href}) · [Add to Cursor](${cursor.href})`
}

/** The manifest of the `.mcpb` bundle for one platform. Every setting has a default: a blank one counts as unset. */
export function bundleManifest(platform: NodeJS.Platform): string {
  const { keywords, repository, ...rest } = about()
  return json({
    manifest_version: '0.3',
    ...rest,
    display_name: 'Inkwell',
    repository: { type: 'git', url: repository },
    support: manifest.bugs,
    icon: 'icon.png',
    keywords,
    server: {
      type: 'node',
      entry_point: 'dist/cli.js',
      mcp_config: {
        command: 'node',
        args: ['${__dirname}/dist/cli.js'],
        env: {
          INKWELL_FAL_KEY: '${user_config.fal_key}',
          INKWELL_MAX_USD_PER_RUN: '${user_config.budget}',
          INKWELL_OUTPUT_DIR: '${user_config.output_folder}',
        },
      },
    },
    tools_generated: true,
    prompts_generated: true,
    compatibility: { platforms: [platform], runtimes: { node: manifest.engines.node } },
    user_config: {
      fal_key: {
        type: 'string',
        title: 'Your fal.ai key',
        description:
          'Makes real images on your fal.ai account. Without it, images are drawn on this machine.',
        sensitive: true,
        required: false,
        default: '',
      },
      budget: {
        type: 'number',
        title: 'Budget of a session, in US dollars',
        description: 'No session can spend more.',
        default: 1,
        min: 0,
        required: false,
      },
      output_folder: {
        type: 'directory',
        title: 'Folder of the images',
        description: 'Where images are saved.',
        default: '${HOME}/Inkwell',
        required: false,
      },
    },
  })
}

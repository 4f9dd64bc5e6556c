import type { Client } from './clients.ts'
import { isTree, objectAt, unreadable, type Tree } from './tree.ts'

/** The name of Inkwell among the servers of a client. */
const SERVER_NAME = 'inkwell'

/** A text of settings that can be read and changed without touching the rest of it, comments included. */
export type ClientSettings = {
  /** The entry of Inkwell. */
  entry: Tree | undefined
  /** The text with another entry, or without one. */
  with: (entry: Tree | undefined) => string
}

/** One format: what a text holds, and the text with another value at a path. Without a value the key is taken out. */
type Format = {
  tree: unknown
  change: (path: readonly string[], value: Tree | undefined) => string
}

/** Reads the settings of a client. Throws `invalid_input` where the text is not of their format. */
export async function readSettings(
  text: string,
  client: Client,
  file: string,
): Promise<ClientSettings> {
  const { tree, change } = await read(text, client, file)
  if (!isTree(tree)) throw unreadable(file, 'it holds no object')
  const servers = objectAt(tree, client.servers, file)
  const others = Object.keys(servers).filter((name) => name !== SERVER_NAME)
  const place = [client.servers, SERVER_NAME]
  return {
    entry: SERVER_NAME in servers ? objectAt(servers, SERVER_NAME, file) : undefined,
    with: (entry) => {
      if (entry !== undefined) return change(place, entry)
      return change(others.length === 0 ? [client.servers] : place, undefined)
    },
  }
}

async function read(text: string, client: Client, file: string): Promise<Format> {
  if (client.format === 'toml') return (await import('./toml.ts')).readToml(text, file)
  return (await import('./json.ts')).readJson(text, file)
}

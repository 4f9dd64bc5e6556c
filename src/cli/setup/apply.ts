import { isDeepStrictEqual } from 'node:util'
import type { Client } from './clients.ts'
import { readSettings, type ClientSettings } from './edit.ts'
import { withoutSecrets } from './entry.ts'
import { copyOf, replaceFile, restoreFile, textOf } from './file.ts'
import type { Tree } from './tree.ts'

/** A client's file with another entry of Inkwell, or without one. */
type Change = {
  client: Client
  file: string
  settings: ClientSettings
  entry: Tree | undefined
  dryRun?: true | undefined
}

/** Changes a client's file, unless it is a dry run or nothing is to be changed. Returns what to tell the person. */
export async function applyEntry(change: Change): Promise<string[]> {
  const { client, file, settings, entry, dryRun } = change
  if (isDeepStrictEqual(entry, settings.entry)) {
    const has = entry === undefined ? 'has no Inkwell' : 'has Inkwell'
    return [`${client.title}: ${file} ${has}; nothing was changed.`]
  }
  const act = actOf(settings.entry, entry)
  if (dryRun)
    return [
      `${client.title}: Inkwell would be ${act} ${file}; nothing was written.`,
      ...(entry === undefined ? [] : [await entryAlone(client, entry)]),
    ]
  const text = settings.with(entry)
  if (entry === undefined) restoreFile(file, text)
  else await replaceFile(file, text)
  const done = `${client.title}: Inkwell was ${act} ${file}.`
  if (entry === undefined) return [done]
  const kept = textOf(copyOf(file)) !== null
  const copy = kept ? [`The file as it was before Inkwell: ${copyOf(file)}`] : []
  return [done, ...copy, client.shows]
}

function actOf(earlier: Tree | undefined, entry: Tree | undefined): string {
  if (entry === undefined) return 'taken out of'
  return earlier === undefined ? 'added to' : 'changed in'
}

/** A file that holds the entry and nothing else, without secrets. */
export async function entryAlone(client: Client, entry: Tree): Promise<string> {
  const { with: fileWith } = await readSettings('', client, '')
  return fileWith(withoutSecrets(entry)).trimEnd()
}

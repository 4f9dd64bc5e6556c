import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Home } from '../support/app.ts'
import type { TestClient } from '../support/clients.ts'
import { answerOf } from './support.ts'

/** A small picture that costs nothing. */
export const draft = {
  prompt: 'a pattern of waves',
  model: 'local/draft',
  imageSize: { width: 64, height: 64 },
  preview: false,
}

export type Answer = {
  id: string
  outputs: { path: string; assetId: string }[]
  adjusted: string[]
}

/** Makes the small picture, with more arguments. */
export async function make(client: TestClient, args: object): Promise<Answer> {
  return answerOf(await client.call('generateImage', { ...draft, ...args })) as Answer
}

export const imagesOf = (home: Home) => join(home.path, 'images')
/** Where the files of a result are, from the output folder. */
export const pathsOf = (home: Home, { outputs }: Answer) =>
  outputs.map(({ path }) => path.replace(`${imagesOf(home)}/`, ''))

/** Every file below a folder. */
export const filesOf = (home: Home) =>
  readdirSync(imagesOf(home), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).replace(`${imagesOf(home)}/`, ''))
    .toSorted()

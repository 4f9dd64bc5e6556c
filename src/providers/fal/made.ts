import type { ProviderOutput } from '../../media/image.ts'
import { download } from './files.ts'
import type { Channel } from './queue.ts'
import { readContent } from './read-content.ts'
import { readOutput } from './read-output.ts'

/** One output of a finished job, and whether fal's safety check flagged it. */
export type Made = { output: ProviderOutput; flagged: boolean }

/** Returns the outputs in the response of a job: its files, else the response itself; empty if it has no content. */
export function madeOf(channel: Channel, response: unknown): Made[] {
  const files = readOutput(response)
  if (files.length > 0) {
    return files.map(({ url, contentType, flagged }) => ({
      flagged,
      output: {
        ...outputAt(channel, url),
        declared: { contentType, extension: extensionOf(url) },
      },
    }))
  }
  const content = readContent(response)
  if (content === null) return []
  const { text, contentType } = content
  const declared = { contentType, extension: null }
  return [{ flagged: false, output: { bytes: Buffer.from(text), declared } }]
}

/** Returns a file at fal, by its URL. */
export function outputAt(channel: Channel, url: string): ProviderOutput {
  return { bytes: download(channel, url), source: url }
}

/** The extension of a URL, a hint for the kind of file. The file name is not used. */
function extensionOf(url: string): string | null {
  const path = URL.parse(url)?.pathname ?? ''
  return /\.([a-z0-9]{1,12})$/i.exec(path)?.[1]?.toLowerCase() ?? null
}

import type { ProviderOutput } from '../../media/image.ts'
import { download } from './files.ts'
import type { Channel } from './queue.ts'
import { readContent } from './read-content.ts'
import { readOutput } from './read-output.ts'

/** One thing that a finished job made, and whether fal's safety check marks it. */
export type Made = { output: ProviderOutput; flagged: boolean }

/** What is in an answer: its files, or where it has none the answer itself; nothing where it holds nothing. */
export function madeOf(channel: Channel, answer: unknown): Made[] {
  const files = readOutput(answer)
  if (files.length > 0) {
    return files.map(({ url, contentType, flagged }) => ({
      flagged,
      output: {
        bytes: download(channel, url),
        declared: { contentType, extension: extensionOf(url) },
      },
    }))
  }
  const content = readContent(answer)
  if (content === null) return []
  const { text, contentType } = content
  const declared = { contentType, extension: null }
  return [{ flagged: false, output: { bytes: Buffer.from(text), declared } }]
}

/** The end of an address, which says at most what kind of file it is: its name is not used. */
function extensionOf(url: string): string | null {
  const path = URL.parse(url)?.pathname ?? ''
  return /\.([a-z0-9]{1,12})$/i.exec(path)?.[1]?.toLowerCase() ?? null
}

import { expect, test } from 'vitest'
import { drawDrafts } from '../../src/studio/draft/drafts.ts'

/** A table of drawings by name is an object, which has these names too. */
const NAMES = Object.getOwnPropertyNames(Object.prototype)

test.each(NAMES.flatMap((name) => [name, name.toLowerCase()]))(
  'the word %s in a prompt is a word',
  async (prompt) => {
    const { files } = await drawDrafts(
      { prompt, width: 64, height: 64, count: 1, seed: 1 },
      () => undefined,
    )
    expect(files).toHaveLength(1)
  },
)

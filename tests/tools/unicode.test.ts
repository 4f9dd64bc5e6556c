import { expect, test } from 'vitest'
import { plainPicture, temporaryHome } from '../support/app.ts'
import { startRaw } from '../support/clients.ts'

/** Arguments whose words come back in an answer, cut or not, with half a character where one can be. */
const CALLS = (picture: string): [tool: string, args: object][] => [
  ['editImage', { model: 'local/edit', image: picture, prompt: `z${'👩'.repeat(100)}` }],
  ['editImage', { model: 'local/edit', image: picture, prompt: 'make it x\ud83d' }],
  ['removeBackground', { image: `aa${'🚀'.repeat(100)}.png` }],
  ['removeBackground', { image: `a${'🚀'.repeat(100)}.png` }],
  ['removeBackground', { image: 'x\ud83d.png' }],
  ['generateImage', { prompt: 'a calm sea', model: 'x\udc00/y' }],
  ['generateImage', { prompt: 'a calm sea', ['\ud83d']: 1 }],
  ['generateImage', { prompt: 'a calm sea', [`b${'🚀'.repeat(300)}`]: 1 }],
  ['generateImage', { prompt: 'a calm \ud83d sea', model: 'local/draft' }],
  ['run', { model: 'fal-ai/lora', input: { prompt: 'a "\ud83d" sea' } }],
  ['getGeneration', { id: 'gen_\ud83d' }],
]

test('every text of every answer is well-formed Unicode, and nothing is cut inside a character', async () => {
  using home = temporaryHome()
  const picture = await plainPicture(home)
  await using server = startRaw(home)
  await server.initialize()
  for (const [name, args] of CALLS(picture)) {
    const { result } = await server.request('tools/call', { name, arguments: args })
    const texts = textsOf(result)
    expect(texts.length).toBeGreaterThan(0)
    const isWhole = !/\\ud[89a-f]/.test(JSON.stringify(args))
    expect(texts.filter((text) => !text.isWellFormed())).toEqual([])
    expect(texts.filter((text) => isWhole && text.includes('\ufffd'))).toEqual([])
  }
  for (const line of server.lines) expect(line).not.toMatch(/\\ud[89a-f][0-9a-f]{2}/i)
})

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, part]) => [key, ...textsOf(part)])
}

import sharp from 'sharp'
import { startFalEmulator } from '../../tests/services/fal/emulator.ts'
import { GENERATE_MODELS } from '../../tests/services/fal/models-generate.ts'
import { MODEL } from './fal-model.ts'

/**
 * A fal of a process of its own whose jobs end when its parent says so. It tells its address, the size of its one
 * picture, and when as many jobs wait as its parent has named.
 */

export type HeldFal = { url: string; key: string; bytes: number }
export type Ask = { hold: number } | 'release'

if (import.meta.main) {
  const model = GENERATE_MODELS[MODEL]
  if (model === undefined) throw new Error(`the emulator has no ${MODEL}`)
  const picture = await grainy(1024, 1024)
  let gate = Promise.withResolvers<void>()
  let expected = 0
  let waiting = 0
  gate.resolve()
  const fal = await startFalEmulator({
    queueMs: 0,
    runMs: 0,
    models: {
      [MODEL]: {
        ...model,
        make: async ({ store }) => {
          if (++waiting === expected) process.send?.('held')
          await gate.promise
          const url = store(picture, 'image/png', 'png')
          return {
            body: { images: [{ url, content_type: 'image/png' }] },
            megapixels: 1,
            pixels: 1,
          }
        },
      },
    },
  })
  process.on('message', (ask: Ask) => {
    if (ask === 'release') return gate.resolve()
    gate = Promise.withResolvers()
    expected = ask.hold
    waiting = 0
  })
  process.once('disconnect', () => process.exit())
  process.send?.({ url: fal.url, key: fal.key, bytes: picture.length } satisfies HeldFal)
}

/** A picture with as much grain as generated ones have: a PNG of about 1.5 MB a megapixel. */
async function grainy(width: number, height: number): Promise<Buffer> {
  const noise = { type: 'gaussian', mean: 128, sigma: 6 } as const
  const create = { width, height, channels: 3, noise, background: '#000' } as const
  return await sharp({ create }).png().toBuffer()
}

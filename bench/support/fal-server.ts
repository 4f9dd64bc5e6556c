import sharp from 'sharp'
import { startFalEmulator } from '../../tests/services/fal/emulator.ts'
import { GENERATE_MODELS } from '../../tests/services/fal/models-generate.ts'
import { MODEL } from './fal-model.ts'

/** A fal of a process of its own, so that its work is not in the figures. It tells its address and ends with its parent. */

/** Longer than the way from a submit to the first poll, shorter than the wait before the second. */
const RUN_MS = 50

const create = { width: 1024, height: 576, channels: 3, background: '#c63' } as const
const picture = await sharp({ create }).png().toBuffer()
const model = GENERATE_MODELS[MODEL]
if (model === undefined) throw new Error(`the emulator has no ${MODEL}`)
const fal = await startFalEmulator({
  queueMs: 0,
  runMs: RUN_MS,
  models: {
    [MODEL]: {
      ...model,
      // Drawn once: the speed of a paint box is not the matter here.
      make: async ({ store }) => {
        const url = store(picture, 'image/png', 'png')
        return { body: { images: [{ url, content_type: 'image/png' }] }, megapixels: 1, pixels: 1 }
      },
    },
  },
})
process.once('disconnect', () => process.exit())
process.send?.({ url: fal.url, key: fal.key })

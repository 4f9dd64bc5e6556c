import type { ProviderResult, RequestOf } from '../../provider.ts'
import type { ProviderOutput } from '../../../media/image.ts'
import { CATALOG } from '../../../pricing/catalog.ts'
import { drawDrafts } from '../draft/drafts.ts'
import { seedOf } from '../draft/noise.ts'
import type { Pace } from '../pace.ts'
import { chordWav, speechWav } from './sound.ts'
import { sizeOf, textOf, wholeNumber } from './input.ts'
import { videoWebp } from './video.ts'

/**
 * Stands in for a priced model of any kind: a draft for an image, a short animated WebP for a video, a
 * short WAV for voice and music. A model that is not in the catalogue counts as an image model.
 */
export async function standIn(request: RequestOf<'run'>, pace: Pace): Promise<ProviderResult> {
  const { model, count, input } = request
  const text = textOf(input) ?? model
  const seed = wholeNumber(input['seed']) ?? seedOf(text)
  const modality = CATALOG.find(({ id }) => id === model)?.modality ?? 'image'
  switch (modality) {
    case 'image':
      return drawDrafts({ prompt: text, ...sizeOf(input), count, seed }, pace)
    case 'video': {
      const outputs = await repeat(count, pace, (index) =>
        videoWebp({ text, seed: seed + index, input }, pace),
      )
      return {
        outputs: outputs.map((output) => ({ ...output, standsIn: true })),
        notes: [
          'A stand-in for a video: two seconds of moving colours as an animated WebP, without sound.',
        ],
      }
    }
    case 'voice':
      return {
        outputs: await repeat(count, pace, (index) => speechWav(text, seed + index, pace)),
        notes: ['A stand-in for a voice: a short speech-like tone as WAV; it says no words.'],
      }
    case 'music':
      return {
        outputs: await repeat(count, pace, (index) => chordWav(seed + index, pace)),
        notes: ['A stand-in for music or sound: a soft chord of a few seconds as WAV.'],
      }
  }
}

async function repeat(
  count: number,
  pace: Pace,
  make: (index: number) => Promise<Uint8Array>,
): Promise<ProviderOutput[]> {
  const outputs: ProviderOutput[] = []
  for (let index = 0; index < count; index += 1) {
    await pace.report(index / count, `Making ${index + 1} of ${count}`)
    outputs.push({ bytes: await make(index) })
  }
  return outputs
}

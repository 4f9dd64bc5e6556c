import { seedOf } from '../core/noise.ts'
import type { Pace } from '../core/pace.ts'
import type { Result } from '../core/result.ts'
import { chordWav, speechWav } from './sound.ts'
import { videoWebp } from './video.ts'

/** Something short in the place of a video, a voice or music, `count` times. */
export type SampleRequest = {
  medium: 'video' | 'voice' | 'music'
  text: string
  /** Follows from the text where there is none. */
  seed?: number
  count: number
  /** Of a video: `9:16` or `1:1`; 16:9 for anything else. */
  aspectRatio?: unknown
}

/** Makes a short animated WebP for a video, a short WAV for a voice or music. Throws `cancelled`. */
export async function makeSamples(request: SampleRequest, pace: Pace): Promise<Result> {
  const { medium, text, count, seed: first = seedOf(text) } = request
  const files: Uint8Array[] = []
  for (let index = 0; index < count; index += 1) {
    await pace.report(index / count, `Making ${index + 1} of ${count}`)
    const seed = first + index
    if (medium === 'video') files.push(await videoWebp({ ...request, seed }, pace))
    else if (medium === 'voice') files.push(await speechWav(text, seed, pace))
    else files.push(await chordWav(seed, pace))
  }
  return { files, notes: [NOTES[medium]] }
}

const NOTES: Record<SampleRequest['medium'], string> = {
  video:
    'A stand-in for a video: two seconds of moving colours as an animated WebP, without sound.',
  voice: 'A stand-in for a voice: a short speech-like tone as WAV; it says no words.',
  music: 'A stand-in for music or sound: a soft chord of a few seconds as WAV.',
}

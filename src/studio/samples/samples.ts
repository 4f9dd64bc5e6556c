import { seedOf } from '../core/random.ts'
import type { Report, Result } from '../core/result.ts'
import { musicWav, voiceWav } from './sound.ts'
import { videoWebp, type Film } from './video.ts'

/** Something short in the place of a video, a voice or music, `count` times. */
export type SampleRequest = {
  medium: 'video' | 'voice' | 'music'
  text: string
  /** Of a video; follows from the text where there is none. */
  seed?: number
  count: number
  /** Of a video: `9:16` or `1:1`; 16:9 for anything else. */
  aspectRatio?: unknown
}

/** Makes a short animated WebP for a video, a short WAV for a voice or music. */
export async function makeSamples(request: SampleRequest, report: Report): Promise<Result> {
  const { medium, text, count, seed = seedOf(text) } = request
  const files: Uint8Array[] = []
  for (let index = 0; index < count; index += 1) {
    report(index / count, `Making ${index + 1} of ${count}`)
    files.push(await MAKERS[medium]({ ...request, seed: seed + index }))
  }
  return { files, notes: [NOTES[medium]] }
}

const MAKERS: Record<SampleRequest['medium'], (film: Film) => Promise<Uint8Array>> = {
  video: videoWebp,
  voice: ({ text }) => voiceWav(text),
  music: musicWav,
}

const NOTES: Record<SampleRequest['medium'], string> = {
  video:
    'A stand-in for a video: two seconds of moving colours as an animated WebP, without sound.',
  voice: 'A stand-in for a voice: a short speech-like tone as WAV; it says no words.',
  music: 'A stand-in for music or sound: a soft chord of a few seconds as WAV.',
}

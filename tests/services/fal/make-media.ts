import { isRecord } from './check.ts'
import { mp3, mp4, wav } from './clips.ts'
import { textOf, type FalModel, type Input, type Made } from './model.ts'
import { paint } from './pictures.ts'
import { pcm } from './shapes.ts'

/** Seconds of the video that is asked for: "5", "8s" or 4. */
export function secondsOf(input: Input): number {
  return Number.parseFloat(String(input['duration']))
}

/** A model that answers one `video` file. */
export const video: FalModel['make'] = async ({ input, store }) => {
  const bytes = mp4(secondsOf(input))
  return made({
    video: {
      url: store(bytes, 'video/mp4', 'mp4'),
      content_type: 'video/mp4',
      file_name: 'output.mp4',
      file_size: bytes.length,
    },
  })
}

/** Sora: the video with its measures, and two pictures of it. */
export const sora: FalModel['make'] = async ({ input, store, seed }) => {
  const duration = secondsOf(input)
  const isHd = textOf(input, 'resolution') !== '720p'
  const across = isHd ? { width: 1920, height: 1080 } : { width: 1280, height: 720 }
  const size =
    textOf(input, 'aspect_ratio') === '9:16'
      ? { width: across.height, height: across.width }
      : across
  const still = await paint({ width: 64, height: 36 }, 'webp', { seed: String(seed) })
  const picture = () => ({ url: store(still, 'image/webp', 'webp'), content_type: 'image/webp' })
  return made({
    video: {
      url: store(mp4(duration), 'video/mp4', 'mp4'),
      content_type: 'video/mp4',
      ...size,
      fps: 30,
      duration,
      num_frames: duration * 30,
    },
    video_id: `video_${seed}`,
    thumbnail: picture(),
    spritesheet: picture(),
  })
}

/** Speech as `audio.url`. The default output_format, hex, puts the bytes there instead of an address. */
export const speech: FalModel['make'] = async ({ input, store }) => {
  const setting = input['audio_setting']
  const isPcm = isRecord(setting) && setting['format'] === 'pcm'
  const [said, contentType, format] = isPcm
    ? [pcm(), 'audio/pcm', 'pcm']
    : [mp3(), 'audio/mpeg', 'mp3']
  const isHex = input['output_format'] === 'hex'
  return made({
    audio: isHex
      ? { url: said.toString('hex') }
      : {
          url: store(said, contentType, format),
          content_type: contentType,
          file_name: `speech.${format}`,
          file_size: said.length,
        },
    duration_ms: 100,
  })
}

/** A sound effect: MP3, or WAV where the request asks for PCM. */
export const sound: FalModel['make'] = async ({ input, store }) => {
  const isPcm = textOf(input, 'output_format')?.startsWith('pcm') === true
  const bytes = isPcm ? wav() : mp3()
  const contentType = isPcm ? 'audio/wav' : 'audio/mpeg'
  return made({
    audio: { url: store(bytes, contentType, isPcm ? 'wav' : 'mp3'), content_type: contentType },
  })
}

function made(body: Record<string, unknown>): Made {
  return { body, megapixels: 0, pixels: 0 }
}

import { getSharp } from '../../media/sharp.ts'
import { paintField } from '../draft/canvas.ts'
import { meshField } from '../draft/mesh.ts'
import { createRandom } from '../core/random.ts'
import { paintRows } from '../draft/paint.ts'
import { planDraft } from '../draft/plan.ts'

const FRAMES = 24
const FRAME_MS = 84

/** What a film is made of: its colours follow from the text. */
export type Film = { text: string; seed: number; aspectRatio?: unknown }

/** Two seconds of a mesh gradient that moves in a loop, as an animated WebP. */
export async function videoWebp({ text, seed, aspectRatio }: Film): Promise<Uint8Array> {
  const [width, height] = frameSize(aspectRatio)
  const field = meshField(planDraft({ prompt: text, seed }), {
    width,
    height,
    random: createRandom(seed),
  })
  const film = new Uint8Array(width * height * 3 * FRAMES)
  for (let frame = 0; frame < FRAMES; frame += 1) {
    const painter = paintField({ width, height }, field(frame / FRAMES))
    const { pixels } = paintRows(painter, { width, height })
    film.set(pixels, frame * pixels.length)
  }
  const sharp = await getSharp()
  const raw = { width, height: height * FRAMES, channels: 3 as const, pageHeight: height }
  return sharp(film, { raw })
    .webp({
      quality: 94,
      effort: 2,
      loop: 0,
      delay: Array.from({ length: FRAMES }, () => FRAME_MS),
    })
    .toBuffer()
}

function frameSize(aspectRatio: unknown): [number, number] {
  if (aspectRatio === '9:16') return [288, 512]
  return aspectRatio === '1:1' ? [384, 384] : [512, 288]
}

import { AppError } from '../../errors.ts'
import type { Report, Result } from '../core/result.ts'
import { decode, encode, type ImageFile, type Raster } from '../core/raster.ts'
import { backdropOf, clearBackdrop, PLAIN_SHARE, type Backdrop } from './backdrop.ts'
import type { Subject } from './segmentation.ts'

/** Share of the picture that must be clear or solid for a cut-out to mean anything. */
const SOMETHING = 0.005
/** Share of the picture that a subject must take up before the network is believed. */
export const SUBJECT_SHARE = 0.04
/** Doubtful pixels for each sure one, at most. Measured on 50 photographs; see docs/local.md. */
const DOUBT_MAX = 0.17

/** A picture to cut out of its background. */
export type CutoutRequest = { image: ImageFile }

/** What stands in the way of a sure cut-out, and what the network saw where it was asked. */
export type Doubt = { refusal: AppError; subject: Subject | null }
/** A picture without its background, how that was done, and what of it is missing. */
export type Cut = Pick<Result, 'notes' | 'notHonoured'> & { raster: Raster }
/** What to do in doubt with a picture, whose transparency means nothing by then. */
export type InDoubt = (raster: Raster, doubt: Doubt) => Promise<Cut>

/**
 * Cuts the subject out, as PNG with transparency: transparency that is there is kept; else a plain
 * backdrop is cleared; else a person, or one clear subject before anything, is found by a small
 * network. Throws `input_unreadable` with what was measured where none of these holds and doubt is
 * refused.
 */
export async function removeBackground(
  { image }: CutoutRequest,
  report: Report,
  inDoubt: InDoubt = refuse,
): Promise<Result> {
  const original = await decode(image)
  report(0.2, 'Looking at the backdrop')
  const { raster, ...said } = hasTransparency(original)
    ? { raster: original, notes: [TRANSPARENT] }
    : await cutOut(original, { report, inDoubt })
  report(0.9, 'Writing the cut-out')
  return { files: [await encode(raster, 'png')], ...said }
}

const TRANSPARENT = 'The image was transparent already; its transparency was kept as it is.'

/**
 * Makes what is behind the subject clear, in place. Where there is neither a plain backdrop nor a clear
 * subject it throws `input_unreadable`, unless told what to do in doubt.
 */
export async function cutOut(
  raster: Raster,
  { report = () => undefined, inDoubt = refuse }: { report?: Report; inDoubt?: InDoubt } = {},
): Promise<Cut> {
  const backdrop = backdropOf(raster)
  if (backdrop.isPlain) {
    const cleared = clearBackdrop(raster, backdrop)
    if (cleared > 1 - SOMETHING)
      return inDoubt(raster, { refusal: nothingThere(cleared), subject: null })
    const note = `Cut out of a plain backdrop (${percent(backdrop.share)} of the border has one colour); ${percent(cleared)} of the picture became transparent.`
    return { raster, notes: [note] }
  }
  report(0.4, 'Looking for a person')
  const { segmentSubject } = await import('./segmentation.ts')
  const subject = await segmentSubject(raster)
  if (subject.share < SUBJECT_SHARE || subject.doubt > DOUBT_MAX)
    return inDoubt(raster, { refusal: refusal(backdrop, subject), subject })
  report(0.6, 'Cutting along the edges')
  const { applyMatte } = await import('./matte.ts')
  await applyMatte(raster, subject.confidence)
  const note = `Cut out by a network trained on people: the subject takes up ${percent(subject.share)} of the picture, with ${percent(subject.doubt)} of doubt. Look at hair and thin parts.`
  return { raster, notes: [note] }
}

function refuse(_: Raster, doubt: Doubt): Promise<never> {
  return Promise.reject(doubt.refusal)
}

function hasTransparency({ pixels }: Raster): boolean {
  for (let index = 3; index < pixels.length; index += 4)
    if ((pixels[index] ?? 255) < 250) return true
  return false
}

function refusal({ share }: Backdrop, subject: Subject): AppError {
  const backdrop = `The backdrop is not plain: ${percent(share)} of the border has one colour, and ${percent(PLAIN_SHARE)} is needed.`
  const found =
    subject.share < SUBJECT_SHARE
      ? `No person stands out: the network sees one in ${percent(subject.share)} of the picture, and ${percent(SUBJECT_SHARE)} is needed.`
      : `No person or single subject stands out clearly: the network has ${percent(subject.doubt)} of doubt, and ${percent(DOUBT_MAX)} is the most.`
  return new AppError('input_unreadable', `${backdrop} ${found}`, {
    hint: 'Send a picture with a plain backdrop or of one person, or leave model out for one that takes any picture.',
  })
}

function nothingThere(cleared: number): AppError {
  return new AppError(
    'input_unreadable',
    `No subject stands out: ${percent(cleared)} of the picture has the colour of its border.`,
    { hint: 'Send a picture whose subject differs from its backdrop.' },
  )
}

function percent(share: number): string {
  return `${Math.floor(share * 1000) / 10} %`
}

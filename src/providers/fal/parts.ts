import type { ImageFormat } from '../../media/image.ts'
import type { RequestOf } from '../provider.ts'
import type { EndpointFacts } from './models.ts'

/** A part of an input, with sentences for the caller about changes. */
export type Part = {
  input?: Record<string, unknown>
  adjusted?: string | string[]
  dropped?: string | string[]
}

/** The images of a request, as URLs that fal can fetch. */
export type ImageUrls = { images: string[]; mask?: string }

/** The seed, if the endpoint has a field for it. */
export function seedPart(facts: EndpointFacts, seed: number | undefined): Part {
  if (seed === undefined) return {}
  if (facts.seed !== undefined) return { input: { [facts.seed]: seed } }
  return { dropped: 'seed was not sent: this model has none, so a repeat will look different.' }
}

/** The negative prompt, if the endpoint has a field for it. */
export function negativePart(facts: EndpointFacts, negative: string | undefined): Part {
  if (negative === undefined) return {}
  if (facts.negative !== undefined) return { input: { [facts.negative]: negative } }
  return {
    dropped: 'negativePrompt was not sent: this model takes none; say it in the prompt instead.',
  }
}

/** The file type, if the endpoint offers it. */
export function formatPart({ format }: EndpointFacts, requested: ImageFormat | undefined): Part {
  if (requested === undefined) return {}
  if (format === undefined) {
    return {
      dropped: `outputFormat ${requested} was not sent: this model decides the file type itself.`,
    }
  }
  if (format.offered.includes(requested)) return { input: { [format.field]: requested } }
  return {
    dropped: `outputFormat ${requested} was not sent: this model offers ${format.offered.join(' and ')}.`,
  }
}

/** The first input images, as many as the endpoint takes. */
export function imagesPart({ images }: EndpointFacts, { images: urls }: ImageUrls): Part {
  const sent = urls.slice(0, images?.max ?? 0)
  const leftOut = urls.length - sent.length
  const fields = (images?.fields ?? []).map((field) => [
    field,
    field === 'image_urls' ? sent : sent[0],
  ])
  return {
    input: Object.fromEntries(fields),
    ...(leftOut > 0 && {
      dropped: `${leftOut} of ${urls.length} images were not sent: this model takes ${sent.length}.`,
    }),
  }
}

/** The mask, if the endpoint takes one. */
export function maskPart(facts: EndpointFacts, { mask }: ImageUrls): Part {
  if (mask === undefined) return {}
  if (facts.mask !== undefined) return { input: { [facts.mask]: mask } }
  return {
    dropped: 'mask was not sent: this model takes none; say in the prompt what to change.',
  }
}

/** The upscale factor, if the endpoint takes one. */
export function scalePart({ scale: rule }: EndpointFacts, { scale }: RequestOf<'upscale'>): Part {
  if (rule === undefined) return { dropped: `scale ${scale} was not sent: this model takes none.` }
  if ('field' in rule) return { input: { [rule.field]: scale } }
  if (scale === rule.fixed) return {}
  return {
    dropped: `scale ${scale} was not sent: this model always enlarges about ${rule.fixed} times.`,
  }
}

/** The fields that are sent with every request. */
export function forcedPart({ forced = {} }: EndpointFacts): Part {
  return { input: forced }
}

import type { ImageFormat } from '../../media/image.ts'
import type { RequestOf } from '../provider.ts'
import type { EndpointFacts } from './models.ts'

/** A piece of an input, with what has to be said of it. */
export type Part = {
  input?: Record<string, unknown>
  adjusted?: string | string[]
  dropped?: string | string[]
}

/** The images of a request, as URLs that fal can fetch. */
export type ImageUrls = { images: string[]; mask?: string }

/** The seed, where the endpoint has one. */
export function seedPart(facts: EndpointFacts, seed: number | undefined): Part {
  if (seed === undefined) return {}
  if (facts.seed !== undefined) return { input: { [facts.seed]: seed } }
  return { dropped: 'seed was not sent: this model has none, so a repeat will look different.' }
}

/** What to avoid, where the endpoint has a field for it. */
export function negativePart(facts: EndpointFacts, negative: string | undefined): Part {
  if (negative === undefined) return {}
  if (facts.negative !== undefined) return { input: { [facts.negative]: negative } }
  return {
    dropped: 'negativePrompt was not sent: this model takes none; say it in the prompt instead.',
  }
}

/** The file type, where the endpoint offers it. */
export function formatPart({ format }: EndpointFacts, asked: ImageFormat | undefined): Part {
  if (asked === undefined) return {}
  if (format === undefined) {
    return {
      dropped: `outputFormat ${asked} was not sent: this model decides the file type itself.`,
    }
  }
  if (format.offered.includes(asked)) return { input: { [format.field]: asked } }
  return {
    dropped: `outputFormat ${asked} was not sent: this model offers ${format.offered.join(' and ')}.`,
  }
}

/** The input images, as many of the first as the endpoint takes. */
export function imagesPart({ images }: EndpointFacts, { images: urls }: ImageUrls): Part {
  const sent = urls.slice(0, images?.max ?? 0)
  const left = urls.length - sent.length
  const fields = (images?.fields ?? []).map((field) => [
    field,
    field === 'image_urls' ? sent : sent[0],
  ])
  return {
    input: Object.fromEntries(fields),
    ...(left > 0 && {
      dropped: `${left} of ${urls.length} images were not sent: this model takes ${sent.length}.`,
    }),
  }
}

/** The mask, where the endpoint takes one. */
export function maskPart(facts: EndpointFacts, { mask }: ImageUrls): Part {
  if (mask === undefined) return {}
  if (facts.mask !== undefined) return { input: { [facts.mask]: mask } }
  return {
    dropped: 'mask was not sent: this model takes none; say in the prompt what to change.',
  }
}

/** The factor, where the endpoint takes one. */
export function scalePart({ scale: rule }: EndpointFacts, { scale }: RequestOf<'upscale'>): Part {
  if (rule === undefined) return { dropped: `scale ${scale} was not sent: this model takes none.` }
  if ('field' in rule) return { input: { [rule.field]: scale } }
  if (scale === rule.fixed) return {}
  return {
    dropped: `scale ${scale} was not sent: this model always enlarges about ${rule.fixed} times.`,
  }
}

/** What is sent with every request. */
export function forcedPart({ forced = {} }: EndpointFacts): Part {
  return { input: forced }
}

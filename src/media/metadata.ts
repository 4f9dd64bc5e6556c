/** The metadata of an image file: the prompt, the model, the seed and the generation. */
export type FileMetadata = {
  generationId: string
  model: string
  /** As requested; null if the request had none. */
  prompt: string | null
  seed: number | null
  /** Whether a trained model made it, for the IPTC field of that. False for drawings of this machine. */
  isTrained: boolean
}

/** Longest prompt in a file, in UTF-16 units: after escaping it must fit into one JPEG segment. */
const PROMPT_MAX = 10_000

/** IPTC's term for media made by a trained model: https://cv.iptc.org/newscodes/digitalsourcetype */
const TRAINED = 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia'

/** Returns the prompt for a file: well-formed Unicode, without the characters that XML cannot contain. */
export function promptText({ prompt }: FileMetadata): string {
  return (prompt ?? '')
    .slice(0, PROMPT_MAX)
    .toWellFormed()
    .replace(/(?![\t\n\r])\p{Cc}|[\uFFFE\uFFFF]/gu, '')
}

/** Returns the XMP packet, at most 60 kB: the prompt as the description; model, seed and id as our own fields. */
export function xmpPacket(metadata: FileMetadata): string {
  const { generationId, model, seed, isTrained } = metadata
  const prompt = promptText(metadata)
  const fields = [
    ...(prompt === ''
      ? []
      : [
          `<dc:description><rdf:Alt><rdf:li xml:lang="x-default">${escaped(prompt)}</rdf:li></rdf:Alt></dc:description>`,
        ]),
    ...(isTrained ? [field('Iptc4xmpExt:DigitalSourceType', TRAINED)] : []),
    field('inkwell:model', model),
    ...(seed === null ? [] : [field('inkwell:seed', String(seed))]),
    field('inkwell:generation', generationId),
  ]
  return [
    '<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>',
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">',
    '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"' +
      ' xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmlns:inkwell="urn:inkwell:file#">',
    ...fields,
    '</rdf:Description></rdf:RDF></x:xmpmeta>',
    '<?xpacket end="r"?>',
  ].join('\n')
}

function field(name: string, value: string): string {
  return `<${name}>${escaped(value)}</${name}>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

import { HEIGHT, QUARTERS, WIDTH } from './parts.ts'

/** A file as people have them, and what has to become of it before it leaves the machine. */
export type OddFile = {
  name: string
  what: string
  bytes: Buffer
  /** The words of docs/inputs.md. */
  outcome: string
} & (
  | {
      refused?: never
      /** The very bytes, the same pixels in fewer bytes, or pixels encoded again. */
      leaves: 'same' | 'cut' | 'new'
      mimeType: string
      /** The colours of the four quarters that a person sees. */
      quarters: readonly (readonly number[])[]
      width: number
      height: number
      says?: string
    }
  /** What is said of it and what to do. */
  | { leaves?: never; refused: RegExp }
)

export type Leaving = Extract<OddFile, { leaves: string }>

export const SAME = 'sent as it is'
export const CUT = 'metadata removed, pixels untouched'
export const UPRIGHT = 'encoded again upright, without metadata'

/** A file that is read, and as what it leaves: with the scene upright unless said otherwise. */
export function leaving(
  name: string,
  what: string,
  bytes: Buffer,
  { outcome, mimeType, ...rest }: Pick<Leaving, 'outcome' | 'mimeType'> & Partial<Leaving>,
): Leaving {
  const leaves = outcome === SAME ? 'same' : outcome === CUT ? 'cut' : 'new'
  return {
    name,
    what,
    bytes,
    outcome,
    leaves,
    mimeType,
    quarters: QUARTERS,
    width: WIDTH,
    height: HEIGHT,
    ...rest,
  }
}

/** A file that is refused in words that match. */
export function refused(
  name: string,
  what: string,
  bytes: Buffer | string,
  outcome: string,
  words: RegExp,
): OddFile {
  return { name, what, bytes: Buffer.from(bytes), outcome: `refused: ${outcome}`, refused: words }
}

/** What keeps the colours of the quarters as they are. */
export const JPEG = { quality: 95, chromaSubsampling: '4:4:4' }

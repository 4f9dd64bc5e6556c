import { readFile } from 'node:fs/promises'

/** Bytes before the samples of a WAV file: where its lengths stand, see `repeated`. */
const HEADER_BYTES = 44
/** How many characters are spoken while the sample of a voice plays once: about 15 a second. */
const CHARACTERS = 16
const VOICE_REPEATS_MAX = 5

/** Four seconds of a soft chord as WAV. */
export async function musicWav(): Promise<Uint8Array> {
  return repeated(await sample('music'), 2)
}

/** A tone like speech that says no words as WAV, longer for a longer text, 1 to 5 seconds. */
export async function voiceWav(text: string): Promise<Uint8Array> {
  const times = Math.ceil(text.length / CHARACTERS)
  return repeated(await sample('voice'), Math.min(VOICE_REPEATS_MAX, Math.max(1, times)))
}

/** The samples are of our own making: one channel of 8 bits, 8,000 a second. */
function sample(name: 'music' | 'voice'): Promise<Buffer> {
  return readFile(new URL(`${name}.wav`, import.meta.url))
}

/** A WAV file (44 bytes of header, then PCM) that plays what another does several times. */
function repeated(file: Buffer, times: number): Uint8Array {
  const pcm = file.subarray(HEADER_BYTES)
  const header = Buffer.from(file.subarray(0, HEADER_BYTES))
  header.writeUInt32LE(HEADER_BYTES - 8 + pcm.length * times, 4)
  header.writeUInt32LE(pcm.length * times, 40)
  return Buffer.concat([header, ...Array.from({ length: times }, () => pcm)])
}

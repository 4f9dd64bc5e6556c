import { createRandom, pick } from '../core/noise.ts'
import type { Pace } from '../core/pace.ts'

/** Samples a second, one channel of 16 bits. */
const RATE = 22_050
const HEADER_BYTES = 44
const TURN = Math.PI * 2

/** Semitones above the root: major seventh, minor seventh, added ninth. */
const CHORDS = [
  [0, 7, 12, 16, 23],
  [0, 7, 12, 15, 22],
  [0, 7, 12, 16, 26],
] as const

/** Four seconds of a soft chord as WAV; the seed chooses which. Throws `cancelled`. */
export async function chordWav(seed: number, pace: Pace): Promise<Uint8Array> {
  const random = createRandom(seed)
  const root = 110 * 2 ** (Math.floor(random() * 8) / 12)
  const voices = pick(random, CHORDS).map((semitone, index) => ({
    frequency: root * 2 ** (semitone / 12),
    start: index * 0.16,
    drift: 1 + (random() - 0.5) * 0.004,
  }))
  return writeWav(4, pace, (time) => {
    let sum = 0
    for (const { frequency, start, drift } of voices) {
      const age = time - start
      if (age <= 0) continue
      const swell = Math.min(1, age / 0.35) * Math.exp(-age / 2.6)
      const angle = TURN * frequency * age
      sum +=
        swell *
        (Math.sin(angle) + Math.sin(angle * drift) + 0.3 * Math.sin(angle * 2) * Math.exp(-age))
    }
    return 0.12 * sum
  })
}

/** The two main resonances of a mouth, in hertz, for five vowels. */
const VOWELS = [
  [730, 1090],
  [530, 1840],
  [270, 2290],
  [570, 840],
  [300, 870],
] as const

const SYLLABLE_SECONDS = 0.19

/** A speech-like tone as WAV, longer for a longer text, 1 to 6 seconds. Throws `cancelled`. */
export async function speechWav(text: string, seed: number, pace: Pace): Promise<Uint8Array> {
  const random = createRandom(seed)
  const pitch = 105 + random() * 90
  const count = Math.min(31, Math.max(5, Math.round(text.length / 3)))
  const syllables = Array.from({ length: count }, (_, index) => ({
    vowel: pick(random, VOWELS),
    pitch: pitch * (1.1 - (0.22 * index) / count) * (0.94 + random() * 0.12),
    // A pause now and then, as between words.
    strength: index > 0 && random() < 0.16 ? 0 : 0.7 + random() * 0.3,
  }))
  return writeWav(count * SYLLABLE_SECONDS + 0.1, pace, (time) => {
    const syllable = syllables[Math.floor(time / SYLLABLE_SECONDS)]
    if (syllable === undefined) return 0
    const part = (time % SYLLABLE_SECONDS) / SYLLABLE_SECONDS
    const envelope = syllable.strength * Math.sin(Math.PI * part) ** 0.6
    let sum = 0
    for (let harmonic = 1; harmonic <= 18; harmonic += 1) {
      const frequency = syllable.pitch * harmonic
      sum +=
        resonance(frequency, syllable.vowel) *
        Math.sin(TURN * frequency * (time % SYLLABLE_SECONDS))
    }
    return 0.2 * envelope * sum
  })
}

function resonance(frequency: number, [low, high]: readonly [number, number]): number {
  const peak = (centre: number, width: number) => 1 / (1 + ((frequency - centre) / width) ** 2)
  return 0.08 + peak(low, 110) + 0.45 * peak(high, 160)
}

type Wave = (timeSeconds: number) => number

async function writeWav(seconds: number, pace: Pace, wave: Wave): Promise<Uint8Array> {
  const samples = Math.round(seconds * RATE)
  const file = Buffer.alloc(HEADER_BYTES + samples * 2)
  file.write('RIFF', 0)
  file.writeUInt32LE(file.length - 8, 4)
  file.write('WAVEfmt ', 8)
  file.writeUInt32LE(16, 16)
  file.writeUInt16LE(1, 20) // plain PCM
  file.writeUInt16LE(1, 22)
  file.writeUInt32LE(RATE, 24)
  file.writeUInt32LE(RATE * 2, 28)
  file.writeUInt16LE(2, 32)
  file.writeUInt16LE(16, 34)
  file.write('data', 36)
  file.writeUInt32LE(samples * 2, 40)
  for (let index = 0; index < samples; index += 1) {
    if (index % 1024 === 0) await pace.breathe()
    // Both ends fade, so that no click is heard.
    const fade = Math.min(1, index / 400, (samples - index) / 2000)
    const level = Math.max(-1, Math.min(1, wave(index / RATE) * fade))
    file.writeInt16LE(Math.round(level * 32_000), HEADER_BYTES + index * 2)
  }
  return file
}

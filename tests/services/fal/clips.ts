/** A film without a frame that players and sniffers accept as MP4, which says how long it lasts. */
export function mp4(seconds: number): Buffer {
  const header = Buffer.alloc(100)
  header.writeUInt32BE(1000, 12) // ticks a second
  header.writeUInt32BE(Math.round(seconds * 1000), 16)
  header.writeUInt32BE(0x0001_0000, 20) // normal speed
  header.writeUInt16BE(0x0100, 24) // full volume
  for (const [at, value] of [0x0001_0000, 0, 0, 0, 0x0001_0000, 0, 0, 0, 0x4000_0000].entries()) {
    header.writeUInt32BE(value, 36 + at * 4)
  }
  header.writeUInt32BE(1, 96)
  return Buffer.concat([
    box('ftyp', Buffer.from('isom\0\0\x02\0isomiso2mp41', 'latin1')),
    box('moov', box('mvhd', header)),
    box('mdat', Buffer.alloc(64)),
  ])
}

function box(type: string, content: Buffer): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(content.length + 8)
  head.write(type, 4, 'latin1')
  return Buffer.concat([head, content])
}

/** Silence as MP3: an empty ID3 tag and four frames of 128 kbit/s at 44.1 kHz. */
export function mp3(): Buffer {
  const frame = Buffer.alloc(417)
  frame.writeUInt32BE(0xfffb_9064)
  const tag = Buffer.from('ID3\x03\0\0\0\0\0\0', 'latin1')
  return Buffer.concat([tag, frame, frame, frame, frame])
}

/** A tenth of a second of silence as WAV: 16 bits, one channel, 16 kHz. */
export function wav(): Buffer {
  const rate = 16_000
  const samples = Buffer.alloc(rate / 5)
  const head = Buffer.alloc(44)
  head.write('RIFF', 0, 'latin1')
  head.writeUInt32LE(36 + samples.length, 4)
  head.write('WAVEfmt ', 8, 'latin1')
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(1, 22)
  head.writeUInt32LE(rate, 24)
  head.writeUInt32LE(rate * 2, 28)
  head.writeUInt16LE(2, 32)
  head.writeUInt16LE(16, 34)
  head.write('data', 36, 'latin1')
  head.writeUInt32LE(samples.length, 40)
  return Buffer.concat([head, samples])
}

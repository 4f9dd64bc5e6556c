import { MARK } from './marks.ts'
import { CUT, leaving, SAME, UPRIGHT, type OddFile } from './odd-file.ts'
import { EXIF, HEIGHT, quartersTurned, scene, WIDTH, XMP } from './parts.ts'
import { chunk, SIGNATURE } from './png.ts'

/** PNG files as tools and screens write them. */
export async function pngs(): Promise<OddFile[]> {
  const plain = await scene().png().toBuffer()
  const mimeType = 'image/png'
  const control = Buffer.alloc(26)
  control.writeUInt32BE(WIDTH, 4)
  control.writeUInt32BE(HEIGHT, 8)
  const beforeEnd = (...added: Buffer[]) =>
    Buffer.concat([plain.subarray(0, -12), ...added, plain.subarray(-12)])
  const afterHeader = (...added: Buffer[]) =>
    Buffer.concat([plain.subarray(0, 33), ...added, plain.subarray(33)])
  return [
    leaving('plain.png', 'a PNG without metadata', plain, { outcome: SAME, mimeType }),
    leaving(
      'screenshot.png',
      'text chunks, XMP and a time',
      beforeEnd(
        chunk('tEXt', `Comment\0${MARK}`),
        chunk('iTXt', `XML:com.adobe.xmp\0\0\0\0\0${XMP}`),
        chunk('tIME', Buffer.alloc(7, 1)),
      ),
      { outcome: CUT, mimeType },
    ),
    leaving(
      'profile.png',
      'a colour profile',
      await scene().withIccProfile('p3').png().toBuffer().then(withoutExif),
      { outcome: SAME, mimeType },
    ),
    leaving(
      'turned.png',
      'EXIF orientation 8',
      await scene().withExif(EXIF).withMetadata({ orientation: 8 }).png().toBuffer(),
      { outcome: UPRIGHT, mimeType, quarters: quartersTurned(8), width: HEIGHT, height: WIDTH },
    ),
    leaving(
      'animation.png',
      'an APNG of 3 frames',
      afterHeader(chunk('acTL', Buffer.from([0, 0, 0, 3, 0, 0, 0, 0])), chunk('fcTL', control)),
      {
        outcome: 'first frame, pixels untouched, said in `adjusted`',
        leaves: 'cut',
        mimeType,
        says: 'is an animation of 3 frames: the first was used.',
      },
    ),
    leaving('tail.png', 'data after the end', Buffer.concat([plain, Buffer.from(MARK)]), {
      outcome: CUT,
      mimeType,
    }),
  ]
}

/** sharp writes EXIF beside every profile. */
function withoutExif(png: Buffer): Buffer {
  const kept: Buffer[] = [SIGNATURE]
  for (let at = 8; at < png.length;) {
    const end = at + 12 + png.readUInt32BE(at)
    if (png.toString('latin1', at + 4, at + 8) !== 'eXIf') kept.push(png.subarray(at, end))
    at = end
  }
  return Buffer.concat(kept)
}

import { MARK } from './marks.ts'
import { CUT, JPEG, leaving, SAME, UPRIGHT, type OddFile } from './odd-file.ts'
import {
  box,
  EXIF,
  HEIGHT,
  inserted,
  IPTC,
  quartersTurned,
  scene,
  segment,
  WIDTH,
  XMP,
} from './parts.ts'

/** JPEG files as phones, cameras and printers write them. */
export async function jpegs(): Promise<OddFile[]> {
  const plain = await scene().jpeg(JPEG).toBuffer()
  const mimeType = 'image/jpeg'
  const turned = async (orientation: number) =>
    leaving(
      orientation === 6 ? 'gps.jpg' : `exif${orientation}.jpg`,
      orientation === 6
        ? 'a phone photo: EXIF orientation 6, GPS, a colour profile'
        : `EXIF orientation ${orientation}`,
      await scene()
        .withExif(EXIF)
        .withIccProfile('p3')
        .withMetadata({ orientation })
        .jpeg(JPEG)
        .toBuffer(),
      {
        outcome: orientation === 1 ? CUT : UPRIGHT,
        mimeType,
        quarters: quartersTurned(orientation),
        ...(orientation > 4 && { width: HEIGHT, height: WIDTH }),
      },
    )
  const film = box('moov', box('udta', box('\xa9xyz', MARK)))
  const thumbnail = segment(
    0xe0,
    Buffer.concat([Buffer.from('JFIF\0\x01\x01\0\0\x01\0\x01\x02\x02'), Buffer.alloc(12, 7)]),
  )
  return [
    leaving('plain.jpg', 'a JPEG without metadata', plain, { outcome: SAME, mimeType }),
    leaving(
      'progressive.jpg',
      'a progressive JPEG',
      await scene()
        .jpeg({ ...JPEG, progressive: true })
        .toBuffer(),
      { outcome: SAME, mimeType },
    ),
    ...(await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(turned))),
    leaving(
      'everything.jpg',
      'XMP, IPTC, a comment, a thumbnail',
      inserted(
        plain,
        thumbnail,
        segment(0xe1, `http://ns.adobe.com/xap/1.0/\0${XMP}`),
        IPTC,
        segment(0xfe, MARK),
      ),
      { outcome: CUT, mimeType },
    ),
    leaving(
      'motion.jpg',
      'a photo with a video after its end',
      Buffer.concat([plain, box('ftyp', 'mp42'), film]),
      { outcome: CUT, mimeType },
    ),
    leaving(
      'extraneous.jpg',
      '18 stray bytes before a marker',
      Buffer.concat([plain.subarray(0, 20), Buffer.alloc(18, 0x41), plain.subarray(20)]),
      { outcome: CUT, mimeType },
    ),
    leaving(
      'cmyk.jpg',
      'a JPEG for printing, in CMYK',
      await scene().withIccProfile('cmyk').jpeg(JPEG).toBuffer(),
      {
        outcome: 'encoded again in sRGB, said in `adjusted`',
        mimeType,
        says: 'was turned from CMYK into sRGB.',
      },
    ),
  ]
}

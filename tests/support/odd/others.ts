import sharp from 'sharp'
import { MARK } from './marks.ts'
import { CUT, leaving, SAME, type OddFile } from './odd-file.ts'
import { EXIF, scene, XMP } from './parts.ts'

/** WebP and GIF files, still and moving. */
export async function webpsAndGifs(): Promise<OddFile[]> {
  const animation = async () => {
    const [first, second, third] = await Promise.all(
      [scene(), scene().negate(), scene().greyscale()].map((frame) => frame.png().toBuffer()),
    )
    return sharp(
      [first, second, third].filter((frame) => frame !== undefined),
      { join: { animated: true } },
    )
  }
  const first = 'first frame, said in `adjusted`'
  const says = 'is an animation of 3 frames: the first was used.'
  const gif = await scene().gif().toBuffer()
  const comment = Buffer.concat([
    Buffer.from([0x21, 0xfe, MARK.length]),
    Buffer.from(MARK),
    Buffer.from([0]),
  ])
  const palette = 13 + 3 * 2 ** (((gif[10] ?? 0) & 7) + 1)
  return [
    leaving(
      'plain.webp',
      'a WebP without metadata',
      await scene().webp({ quality: 95 }).toBuffer(),
      { outcome: SAME, mimeType: 'image/webp' },
    ),
    leaving(
      'exif.webp',
      'EXIF, XMP and a colour profile',
      await scene()
        .withExif(EXIF)
        .withXmp(XMP)
        .withIccProfile('p3')
        .webp({ lossless: true })
        .toBuffer(),
      { outcome: CUT, mimeType: 'image/webp' },
    ),
    leaving(
      'animation.webp',
      'an animated WebP of 3 frames',
      await (await animation()).webp({ lossless: true }).toBuffer(),
      { outcome: first, leaves: 'new', mimeType: 'image/png', says },
    ),
    leaving('plain.gif', 'a GIF without comments', gif, { outcome: SAME, mimeType: 'image/gif' }),
    leaving(
      'comment.gif',
      'a comment',
      Buffer.concat([gif.subarray(0, palette), comment, gif.subarray(palette)]),
      { outcome: CUT, mimeType: 'image/gif' },
    ),
    leaving('animation.gif', 'a GIF of 3 frames', await (await animation()).gif().toBuffer(), {
      outcome: first,
      leaves: 'cut',
      mimeType: 'image/gif',
      says,
    }),
  ]
}

/** AVIF and TIFF files. */
export async function avifsAndTiffs(): Promise<OddFile[]> {
  const png = await scene().png().toBuffer()
  const pages = sharp([png, await scene().negate().png().toBuffer()], { join: { animated: true } })
  const mimeType = 'image/png'
  return [
    leaving(
      'plain.avif',
      'an AVIF without metadata',
      await scene().avif({ lossless: true }).toBuffer(),
      { outcome: SAME, mimeType: 'image/avif' },
    ),
    leaving(
      'exif.avif',
      'EXIF and XMP',
      await scene().withExif(EXIF).withXmp(XMP).avif({ lossless: true }).toBuffer(),
      { outcome: 'encoded again as PNG', leaves: 'new', mimeType },
    ),
    leaving(
      'scan.tif',
      'a TIFF with XMP',
      await scene().withXmp(XMP).tiff({ compression: 'lzw' }).toBuffer(),
      { outcome: 'encoded again as PNG', leaves: 'new', mimeType },
    ),
    leaving(
      'cmyk.tif',
      'a TIFF in CMYK',
      await scene().toColourspace('cmyk').tiff({ compression: 'lzw' }).toBuffer(),
      {
        outcome: 'encoded again as PNG in sRGB, said in `adjusted`',
        leaves: 'new',
        mimeType,
        says: 'was turned from CMYK into sRGB.',
      },
    ),
    leaving('pages.tif', 'a TIFF of 2 pages', await pages.tiff({ compression: 'lzw' }).toBuffer(), {
      outcome: 'first page as PNG, said in `adjusted`',
      leaves: 'new',
      mimeType,
      says: 'has 2 pages: the first was used.',
    }),
    leaving(
      'deep.tif',
      'a TIFF of 16 bits',
      await scene().toColourspace('rgb16').tiff({ compression: 'lzw' }).toBuffer(),
      { outcome: 'encoded again as PNG', leaves: 'new', mimeType },
    ),
  ]
}

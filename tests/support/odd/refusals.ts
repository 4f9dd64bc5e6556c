import { JPEG, refused, type OddFile } from './odd-file.ts'
import { bmp, box, scene } from './parts.ts'
import { chunk, writePng } from './png.ts'

/** Files that nothing can be made of here. */
export async function refusals(): Promise<OddFile[]> {
  const jpeg = await scene().jpeg(JPEG).toBuffer()
  const large = writePng({ width: 9_000, height: 1, colorType: 0, depth: 1 }).bytes
  const { bytes } = { bytes: Buffer.from(large) }
  bytes.writeUInt32BE(9_000, 20)
  chunk('IHDR', bytes.subarray(16, 29)).copy(bytes, 8)
  return [
    refused(
      'photo.heic',
      'a photo of an iPhone',
      ofBrand('heic\0\0\0\0mif1heic'),
      'save it as JPEG',
      /HEIC photo.*JPEG/s,
    ),
    refused(
      'photo.heif',
      'the same by its general name',
      ofBrand('mif1\0\0\0\0mif1'),
      'save it as JPEG',
      /HEIC photo.*JPEG/s,
    ),
    refused('paint.bmp', 'a BMP', bmp(), 'save it as PNG', /BMP image.*PNG/s),
    refused(
      'drawing.svg',
      'an SVG drawing',
      '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
      'export it as PNG',
      /SVG drawing.*PNG/s,
    ),
    refused(
      'paper.pdf',
      'a PDF document',
      '%PDF-1.7\n1 0 obj\n',
      'save the page as PNG',
      /PDF document.*PNG/s,
    ),
    refused(
      'film.mp4',
      'a video',
      ofBrand('isom\0\0\x02\0isomiso2mp41'),
      'save one frame',
      /video.*frame/s,
    ),
    refused(
      'page.png',
      'a web page under the name of an image',
      '<!doctype html><html></html>',
      'give the image itself',
      /web page.*image itself/s,
    ),
    refused(
      'pointer.png',
      'a Git LFS pointer',
      'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n',
      'fetch the file',
      /Git LFS pointer.*git lfs pull/s,
    ),
    refused(
      'notes.png',
      'plain text',
      'no picture at all',
      'give another file',
      /no image of a known kind/,
    ),
    refused(
      'cut.jpg',
      'a JPEG whose last bytes are missing',
      jpeg.subarray(0, -60),
      'save it again',
      /damaged, cut off.*again/s,
    ),
    refused(
      'bomb.png',
      '81 million pixels in a small file',
      bytes,
      'give a smaller image',
      /64 million pixels.*smaller/s,
    ),
  ]
}

/** The beginning of a file of boxes, as HEIC and MP4 are, that says what it is. */
function ofBrand(brands: string): Buffer {
  return Buffer.concat([box('ftyp', brands), Buffer.alloc(100)])
}

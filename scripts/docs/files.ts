import { BINARY, KINDS, type Kind } from '../../src/media/kinds.ts'
import { isMeasured } from '../../src/media/inspect.ts'
import { code, table } from './markdown.ts'

/** docs/files.md: every kind of file, and what becomes of it. */
export function filesPage(): string {
  const rows = KINDS.filter(({ mimeType }) => mimeType !== BINARY)
  return [
    '# Files',
    'Whatever a model makes is delivered as a file and charged; `no_output` is an answer that holds nothing, or nothing that could be kept. ' +
      'An answer that names no file is itself the file: its text, or its JSON. As many files of an answer are delivered as were asked and paid for; ' +
      'masks, thumbnails and what else comes along with a result are none where there is a result.',
    'The image tools must bring a picture, and a [listed model](prices.md) its own kind: anything else, such as a web page or a text in the place of a picture, is `no_output`. ' +
      '`run` with a model that is not listed may bring anything but a web page in the place of something else.',
    'A file is told by its bytes. Where they do not tell, the type or the extension that fal.ai gives it is believed, if it is on this list and fits the bytes; ' +
      'the name of the file never is. All else is `application/octet-stream`, saved as `.bin`. A picture that is damaged is `no_output`.',
    table(['Type', 'Saved as', 'Told by', 'Small picture'], rows.map(kindRow)),
    'The result, `GET /v1/generations/{id}` and the page tell type and size of each file. It is served under its type with `nosniff` and in a sandbox; ' +
      'pictures, sound, video, plain text and JSON may be shown by a browser, everything else is downloaded. ' +
      '`viewImage` and the thumbnails of the page show pictures of pixels only: of any other file they say where it is.',
  ].join('\n\n')
}

function kindRow({ mimeType, extension, looksLike: looks }: Kind): string[] {
  const teller = looks.length === 0 ? 'its bytes' : `its maker, of ${looks.map(code).join(', ')}`
  return [code(mimeType), code(`.${extension}`), teller, isMeasured(mimeType) ? 'yes' : 'no']
}

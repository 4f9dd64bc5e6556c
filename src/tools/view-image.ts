import * as z from 'zod'
import { AppError } from '../errors.ts'
import { findShown } from '../generations/references.ts'
import { resultReference } from './inputs.ts'
import { placesOf, whereIs } from './places.ts'
import { previewOf } from './preview.ts'
import { defineTool } from './tool.ts'

export const viewImage = defineTool({
  name: 'viewImage',
  title: 'View an image',
  description:
    'Shows a small version of an image made earlier. Free. Call it with the asset id where a result came without its picture.',
  kind: 'reads',
  scope: 'assets:read',
  input: z.strictObject({
    id: resultReference.describe('An asset_… id, or a gen_… id for its first output.'),
    maxSize: z
      .int()
      .min(64)
      .max(1024)
      .default(512)
      .describe('Longest side, 64–1024 pixels, default 512.'),
  }),
  async handle({ id, maxSize }, { caller }, { generations }) {
    const asset = await findShown(generations, caller, id)
    const { files } = generations
    const preview = await previewOf(files, asset, maxSize)
    const where = whereIs(asset, await placesOf([asset], caller, files))
    if (preview.length === 0) {
      throw new AppError(
        'input_unreadable',
        `${asset.id} is ${asset.mime_type}, which has no picture to show.`,
        {
          hint: `Open the file itself: ${where}`,
        },
      )
    }
    const size = asset.width === null ? '' : `, ${asset.width}×${asset.height}`
    return {
      content: [
        ...preview,
        { type: 'text', text: `${asset.id}: ${asset.mime_type}${size}, ${where}` },
      ],
    }
  },
})

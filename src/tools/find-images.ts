import * as z from 'zod'
import type { Generation } from '../generations/generation.ts'
import type { AssetTable } from '../db/schema/generations.ts'
import { display, money } from '../money.ts'
import { OPERATIONS } from '../pricing/catalog.ts'
import { truncate } from '../text.ts'
import { DAYS_MAX } from '../usage/days.ts'
import { findGenerations } from '../usage/find.ts'
import { MoneyShape } from '../usage/shapes.ts'
import { placeOf, placesOf, whereIs, type Places } from './places.ts'
import { describe } from './result.ts'
import { defineTool } from './tool.ts'

const DAYS_DEFAULT = 90
/** Longest prompt in a result, in characters. This is enough to recognise an image. */
const PROMPT_MAX = 300

const ImageShape = z.object({
  id: z.string(),
  assetId: z.string(),
  prompt: z.string().nullable(),
  model: z.string(),
  width: z.number().nullable(),
  height: z.number().nullable(),
  path: z.string().optional(),
  url: z.string().optional(),
  cost: MoneyShape,
  createdAt: z.string(),
})

export const findImages = defineTool({
  name: 'findImages',
  title: 'Find earlier images',
  description:
    'Finds earlier results by words of their prompt, or the newest. Free. Use it before paying again.',
  kind: 'reads',
  scope: 'assets:read',
  input: z.strictObject({
    query: z.string().min(1).max(200).describe('Words of the prompt.').optional(),
    days: z.int().min(1).max(DAYS_MAX).default(DAYS_DEFAULT).describe('1–366, default 90.'),
    operation: z.enum(OPERATIONS).optional(),
    limit: z.int().min(1).max(50).default(10).describe('1–50, default 10.'),
  }),
  output: z.object({ images: z.array(ImageShape) }),
  async handle(input, { caller }, services) {
    await services.ready(caller)
    const { db, now, files } = services.generations
    const found = await db.read(() => findGenerations(caller.account.id, input, now()))
    const images = found
      .flatMap((generation) => generation.assets.map((asset) => ({ generation, asset })))
      .slice(0, input.limit)
    const assets = images.map(({ asset }) => asset)
    const places = await placesOf(assets, caller, files)
    return {
      content: [{ type: 'text', text: textFor(images, places, input) }],
      structured: { images: images.map((image) => show(image, places)) },
    }
  },
})

type Found = { generation: Generation; asset: AssetTable }

function show({ generation, asset }: Found, places: Places): z.infer<typeof ImageShape> {
  const { id, model, unitPrice } = generation
  const { path, uri, url } = placeOf(asset, places)
  return {
    id,
    assetId: asset.id,
    prompt: promptOf(generation),
    model,
    width: asset.width,
    height: asset.height,
    ...(path === null ? { url: url ?? uri } : { path }),
    cost: money(unitPrice),
    createdAt: new Date(asset.created_at).toISOString(),
  }
}

function textFor(
  images: readonly Found[],
  places: Places,
  { query, days }: { query?: string | undefined; days: number },
): string {
  if (images.length === 0) {
    return query === undefined
      ? `Nothing was made in the last ${days} days.`
      : `No result of the last ${days} days has all of these words in its prompt. Try fewer words, or more days.`
  }
  const order = query === undefined ? 'newest' : 'best match'
  const count =
    images.length === 1 ? '1 earlier result' : `${images.length} earlier results, ${order} first`
  return [`${count}:`, ...images.map((image) => line(image, places))].join('\n')
}

function line({ generation, asset }: Found, places: Places): string {
  const { id, operation, model, unitPrice } = generation
  const prompt = promptOf(generation)
  return [
    `${id} ${asset.id}: ${prompt === null ? operation : JSON.stringify(prompt)}`,
    model,
    describe(asset),
    whereIs(asset, places),
    display(unitPrice),
    new Date(asset.created_at).toISOString(),
  ].join(', ')
}

function promptOf({ prompt }: Generation): string | null {
  return prompt === null ? null : truncate(prompt, PROMPT_MAX)
}

import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { test } from 'vitest'
import { temporaryHome } from './support/app.ts'
import { connectV2 } from './support/clients.ts'

test('measure', async () => {
  using home = temporaryHome({ INKWELL_MAX_USD_PER_RUN: '0.30' })
  await using client = await connectV2(home)
  const tools = await client.tools()
  const t = (x: unknown) => countTokens(typeof x === 'string' ? x : JSON.stringify(x))
  let read = 0
  for (const { name, description, inputSchema, outputSchema, annotations } of tools) {
    const r = t({ name, description, inputSchema })
    read += r
    console.log(
      name,
      'read',
      r,
      'input',
      t(inputSchema),
      'output',
      outputSchema ? t(outputSchema) : 0,
      'ann',
      t(annotations),
    )
  }
  console.log(
    'read sum',
    read,
    'as one',
    t(tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }))),
    'whole',
    t({ tools }),
  )
  const show = (label: string, r: any) =>
    console.log(
      label,
      'text',
      t(r.content.find((c: any) => c.type === 'text').text),
      'json',
      t(r.structuredContent ?? {}),
      '\n',
      r.content.find((c: any) => c.type === 'text').text,
      '\n',
      JSON.stringify(r.structuredContent),
    )
  show(
    'paid',
    await client.call('generateImage', {
      prompt: 'a calm sea',
      imageSize: 'square',
      preview: false,
    }),
  )
  for (let i = 0; i < 5; i++)
    await client.call('generateImage', {
      prompt: 'a calm sea',
      imageSize: 'square',
      preview: false,
      ...(i > 2 && { model: 'fal-ai/flux/schnell' }),
    })
  show('quote', await client.call('generateImage', { prompt: 'a calm sea', quoteOnly: true }))
  show('refused', await client.call('generateImage', { prompt: 'a calm sea', numImages: 4 }))
  show(
    'refused',
    await client.call('generateImage', { prompt: 'a calm sea', numImages: 5, size: 3 }),
  )
  show('usage', await client.call('checkUsage', {}))
  show('usage 366', await client.call('checkUsage', { days: 366 }))
  show(
    'view',
    await client.call('viewImage', {
      id: ((await client.call('checkUsage', {})).structuredContent as any).recent[0].id,
    }),
  )
}, 60000)

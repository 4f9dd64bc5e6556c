import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { plainPicture, temporaryHome, type Home } from '../support/app.ts'
import { beforeTests } from '../support/before-tests.ts'
import { connectV2, type TestClient } from '../support/clients.ts'
import { errorOf, stateOf, UNTOUCHED } from './support.ts'

let home: Home
let elsewhere: Home
let client: TestClient
let picture: string

beforeTests(async (keep) => {
  home = keep(temporaryHome())
  elsewhere = keep(temporaryHome())
  client = keep(await connectV2(home))
  picture = await plainPicture(home)
  await client.call('checkUsage') // opens the account
  prepareFiles()
})

/** Files that must not be worked on, each for its own reason. */
function prepareFiles(): void {
  writeFileSync(join(home.path, 'text.png'), 'this is no picture')
  writeFileSync(join(home.path, 'empty.png'), '')
  writeFileSync(join(home.path, 'drawing.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
  mkdirSync(join(home.path, 'folder.png'))
  writeFileSync(join(elsewhere.path, 'secret.png'), 'secret')
  symlinkSync(join(elsewhere.path, 'secret.png'), join(home.path, 'link.png'))
}

test.each([
  ['/etc/passwd', 'invalid_input'],
  ['../../../../etc/passwd', 'invalid_input'],
  ['~/picture.png', 'input_unreadable'],
  ['C:\\Windows\\win.ini', 'invalid_input'],
  ['\\\\server\\share\\x.png', 'invalid_input'],
  ['picture\0.png', 'invalid_input'],
  ['   ', 'invalid_input'],
  ['file:///etc/passwd', 'invalid_input'],
  ['ftp://example.com/x.png', 'invalid_input'],
  ['javascript:alert(1)', 'invalid_input'],
  ['http://example.com/x.png', 'invalid_input'],
  ['https://user:secret@example.com/x.png', 'invalid_input'],
  ['https://127.0.0.1/x.png', 'invalid_input'],
  ['https://localhost/x.png', 'invalid_input'],
  ['https://169.254.169.254/latest/meta-data', 'invalid_input'],
  ['https://10.0.0.1/x.png', 'invalid_input'],
  ['https://192.168.1.1/x.png', 'invalid_input'],
  ['https://[::1]/x.png', 'invalid_input'],
  ['https://[::ffff:127.0.0.1]/x.png', 'invalid_input'],
  ['https://0x7f000001/x.png', 'invalid_input'],
  ['https://2130706433/x.png', 'invalid_input'],
  ['data:image/png;base64,%%%', 'invalid_input'],
  ['data:image/png;base64,', 'invalid_input'],
  ['data:image/png;base64,aGVsbG8=', 'input_unreadable'],
  ['data:text/html,<script>', 'input_unreadable'],
  ['gen_0123456789', 'not_found'],
  ['asset_0123456789', 'not_found'],
])('an input image named %j is refused with %s', async (image, expected) => {
  const { code } = errorOf(await client.call('upscale', { image }))
  expect(code).toBe(expected)
})

test.each(['text.png', 'empty.png', 'drawing.svg', 'folder.png', 'missing.png'])(
  'an input image in the file %s is refused',
  async (name) => {
    const answer = await client.call('removeBackground', { image: join(home.path, name) })
    expect(errorOf(answer).code).toMatch(/^input_unreadable$|^invalid_input$|^not_found$/)
  },
)

test('an input image behind a link that leads out of the allowed folders is refused and not told about', async () => {
  const answer = await client.call('upscale', { image: join(home.path, 'link.png') })
  expect(errorOf(answer).code).toBe('invalid_input')
  expect(JSON.stringify(answer)).not.toContain(elsewhere.path)
})

test('an input image of an edit is refused wherever it stands: in a list and as a mask', async () => {
  for (const args of [
    { images: [picture, '/etc/passwd'] },
    { image: picture, mask: '/etc/passwd' },
  ]) {
    const error = errorOf(await client.call('editImage', { prompt: 'grayscale', ...args }))
    expect(error.code).toBe('invalid_input')
  }
})

test('an input image of more than 10 MiB as a data URI is refused', async () => {
  const bytes = Buffer.alloc(10 * 1024 * 1024 + 1).toString('base64')
  const answer = await client.call('upscale', { image: `data:image/png;base64,${bytes}` })
  expect(errorOf(answer)).toMatchObject({
    code: 'invalid_input',
    message: expect.stringContaining('10 MiB'),
  })
})

test('whatever was tried, no money moved, none is held and nothing was written', async () => {
  expect(await stateOf(home)).toEqual(UNTOUCHED)
})

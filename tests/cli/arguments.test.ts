import { expect, test } from 'vitest'
import { inkwell, plainPicture, temporaryHome } from '../support/app.ts'
import { VERSION } from '../../src/version.ts'

test.each([
  ['usge', 'usage'],
  ['usage histry', 'history'],
  ['call genarateImage', 'generateImage'],
  ['usage --dais 3', '--days'],
])('`inkwell %s` asks whether %s was meant', async (args, meant) => {
  using home = temporaryHome()
  const { code, stderr } = await inkwell(home, args.split(' '))
  expect({ code, meant: /\(Did you mean (\S+)\?\)/.exec(stderr)?.[1] }).toEqual({ code: 2, meant })
})

test('the arguments of a call are pairs, JSON or both; a list of one needs no brackets', async () => {
  using home = temporaryHome()
  const input = await plainPicture(home)
  const drawn = [
    'call',
    'generateImage',
    'prompt=a red fox = calm',
    '{"imageSize":"64x64"}',
    'numImages=2',
  ]
  const { stdout } = await inkwell(home, [...drawn, '--json'])
  const { structuredContent } = JSON.parse(stdout) as {
    structuredContent: { outputs: { width: number }[] }
  }
  expect(structuredContent.outputs.map(({ width }) => width)).toEqual([64, 64])
  for (const images of [[`images=${input}`], [`images=${input}`, `images=${input}`]]) {
    const edit = ['call', 'editImage', 'prompt=grayscale', 'quoteOnly=true', ...images]
    expect(await inkwell(home, edit)).toMatchObject({ code: 0 })
  }
  expect(await inkwell(home, ['call', 'generateImage', 'promt=fog'])).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('did you mean prompt?'),
  })
  expect(await inkwell(home, ['call', 'generateImage', 'a', 'red', 'fox'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('prompt="a calm sea"'),
  })
})

test('the help of a tool lists its arguments with their bounds and the prices of this installation', async () => {
  using home = temporaryHome()
  const { code, stdout } = await inkwell(home, ['call', 'generateImage', '--help'])
  expect(code).toBe(0)
  expect(stdout).toMatch(/^ {2}prompt +What to make, in plain words\. \(required\)$/m)
  expect(stdout).toMatch(/^ {2}outputFormat .*\(one of png, jpeg, webp\)$/m)
  expect(stdout).toContain('fal-ai/flux/schnell $0.003')
})

test('-v and `inkwell version` print the version', async () => {
  using home = temporaryHome()
  for (const args of ['-v', 'version'])
    expect(await inkwell(home, [args])).toEqual({ code: 0, stdout: `${VERSION}\n`, stderr: '' })
})

import { join } from 'node:path'
import { expect, test } from 'vitest'
import { examine, inkwell, temporaryHome } from '../support/app.ts'
import { smallDisk } from '../support/small-disk.ts'

const TILE = '{"prompt":"a tile","imageSize":{"width":64,"height":64},"preview":false}'

test('inkwell doctor shows the output folder and its free space, and fails where it is full', async () => {
  using disk = smallDisk(24)
  const images = join(disk.path, 'images')
  using home = temporaryHome({ INKWELL_OUTPUT_DIR: images })
  const well = await inkwell(home, ['doctor'])
  expect(well).toMatchObject({ code: 0, stderr: '' })
  expect(well.stdout).toContain(`✓ Outputs      saved in ${images}, 24 MiB free`)
  disk.fill(1024 * 1024)
  const full = await inkwell(home, ['doctor', '--json'])
  expect(full.code).toBe(1)
  const { checks } = JSON.parse(full.stdout) as { checks: { name: string }[] }
  expect(checks.find(({ name }) => name === 'Outputs')).toEqual({
    name: 'Outputs',
    ok: false,
    says: `saved in ${images}: The disk of the output folder has 1 MiB free of the 16 MiB that are needed; nothing was started or charged. Call again once the operator of this server frees space there or gives the right to write. INKWELL_OUTPUT_DIR and INKWELL_HOME move it.`,
  })
})

test('in test mode a full disk refuses paid and free models alike, and nothing is spent', async () => {
  using disk = smallDisk(24)
  using home = temporaryHome({ INKWELL_OUTPUT_DIR: disk.path })
  disk.fill()
  for (const args of [TILE, TILE.replace('{', '{"model":"local/draft",')]) {
    const { code, stdout } = await inkwell(home, ['call', 'generateImage', args])
    expect([code, stdout]).toEqual([1, expect.stringMatching(/^The disk of the output folder/)])
  }
  expect(await examine(home)).toMatchObject({ held: 0, difference: null })
  disk.free()
  expect((await inkwell(home, ['call', 'generateImage', TILE])).code).toBe(0)
})

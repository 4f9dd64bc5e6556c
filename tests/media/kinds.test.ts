import { readdir } from 'node:fs/promises'
import { basename } from 'node:path'
import { expect, test } from 'vitest'
import { folderStore } from '../../src/media/folder-store.ts'
import { saveOutput } from '../../src/media/save.ts'
import type { Modality } from '../../src/pricing/catalog.ts'
import type { ProviderOutput } from '../../src/media/image.ts'
import { mp3, mp4, wav } from '../services/fal/clips.ts'
import { glb, pcm, safetensors, svg } from '../services/fal/shapes.ts'
import { failure, picture, tempFolder } from './support.ts'

/** Saves bytes that their maker calls a type and an extension; either may be left out. */
async function saved(bytes: Uint8Array, word = '', kind: Modality | null = null) {
  await using folder = await tempFolder()
  const [contentType = '', extension = ''] = word.split(' .')
  const output: ProviderOutput = {
    bytes,
    declared: { contentType: contentType || null, extension: extension || null },
  }
  const { path, mimeType, width, height } = await saveOutput(output, {
    store: folderStore(folder.path),
    name: 'a',
    kind,
  })
  const size = width === null && height === null ? '' : ` ${width}×${height}`
  return `${basename(path)} ${mimeType}${size}`
}

const bytes = (text: string) => Buffer.from(text)
/** Bytes of a kind that nobody knows. */
const unknown = Buffer.from([0, 1, 2, 3, 0xfe, 0xff, 0x80, 0, 0, 9, 8, 7])
const NS = 'xmlns="http://www.w3.org/2000/svg"'
const drawing = (attributes: string) => bytes(`<svg ${NS} ${attributes}><g/></svg>`)
const zip = Buffer.from('504b0506000000000000000000000000000000000000', 'hex')
const tar = Buffer.alloc(1024)
tar.write('ustar\x0000', 257, 'latin1')
tar.write('0000000\0', 148, 'latin1')
const plyHead = 'ply\nformat binary_little_endian 1.0\nelement vertex 1\nend_header\n'

/** Bytes, what their maker calls them, and the file they become. */
const FILES: [what: string, bytes: Uint8Array, word: string, file: string][] = [
  ['a picture', await picture(), 'text/html .exe', 'a.png image/png 40×30'],
  ['a mesh', glb(), 'application/octet-stream .zip', 'a.glb model/gltf-binary'],
  ['a mesh in words', bytes('{"asset":{"version":"2.0"}}'), ' .gltf', 'a.gltf model/gltf+json'],
  ['a mesh as text', bytes('o cube\nv 0 0 1\n'), 'text/plain .obj', 'a.obj model/obj'],
  ['its materials', bytes('newmtl red\n'), ' .mtl', 'a.mtl model/mtl'],
  ['a solid', unknown, 'application/octet-stream .stl', 'a.stl model/stl'],
  ['a solid as text', bytes('solid a\nendsolid a\n'), 'model/stl', 'a.stl model/stl'],
  ['a cloud', Buffer.concat([bytes(plyHead), unknown]), ' .ply', 'a.ply application/x-ply'],
  ['a scene', unknown, ' .fbx', 'a.fbx application/x-fbx'],
  ['a scene for phones', zip, ' .usdz', 'a.usdz model/vnd.usdz+zip'],
  ['weights', safetensors(), ' .safetensors', 'a.safetensors application/x-safetensors'],
  ['an archive', zip, '', 'a.zip application/zip'],
  ['a tape', tar, '', 'a.tar application/x-tar'],
  ['raw samples', pcm(), 'audio/pcm', 'a.pcm audio/pcm'],
  ['raw samples by another name', pcm(), 'audio/L16; rate=16000', 'a.pcm audio/pcm'],
  ['raw samples by their address', unknown, 'application/octet-stream .pcm', 'a.pcm audio/pcm'],
  ['sound', wav(), 'audio/pcm .pcm', 'a.wav audio/wav'],
  ['text', bytes('Grüße, 世界\n'), 'image/png .png', 'a.txt text/plain'],
  ['a text that says solid', bytes('solid advice'), 'text/plain', 'a.txt text/plain'],
  ['a text of one word', bytes('42'), 'text/plain', 'a.txt text/plain'],
  ['JSON', bytes(' {"a":[1]}\n'), 'text/plain', 'a.json application/json'],
  ['what is nearly JSON', bytes('{"a":[1}'), 'text/plain', 'a.txt text/plain'],
  [
    'subtitles',
    bytes('1\n00:00:01,000 --> 00:00:02,000\nHi\n'),
    ' .srt',
    'a.srt application/x-subrip',
  ],
  ['captions', bytes('WEBVTT\n\n'), 'text/vtt', 'a.vtt text/vtt'],
  ['a table', bytes('a,b\n1,2\n'), 'text/csv; charset=utf-8', 'a.csv text/csv'],
  ['a page', bytes('\ufeff \n<!-- a --><!DOCTYPE html><p>'), 'text/html', 'a.html text/html'],
  ['a page without a head', bytes('<p>Hi'), 'text/plain', 'a.html text/html'],
  ['a page in XML', bytes('<?xml version="1.0"?><html xmlns="x"/>'), '', 'a.html text/html'],
  ['XML', bytes('<?xml version="1.0"?><a/>'), '', 'a.xml application/xml'],
  [
    'a program',
    Buffer.from('7f454c4602010100000000000000', 'hex'),
    'application/x-elf .sh',
    'a.bin application/octet-stream',
  ],
  ['a script', bytes('#!/bin/sh\nrm -rf x\n'), 'text/x-sh .sh', 'a.txt text/plain'],
  ['code', bytes('alert(1)'), 'text/javascript .js', 'a.txt text/plain'],
  ['what nobody knows', unknown, '', 'a.bin application/octet-stream'],
  [
    'what is called by a name of no kind',
    unknown,
    'x/y .constructor',
    'a.bin application/octet-stream',
  ],
  ['half a character', bytes('caf\u00e9').subarray(0, 4), '', 'a.bin application/octet-stream'],
  ['a drawing', svg(), 'image/svg+xml .svg', 'a.svg image/svg+xml 320×200'],
  [
    'a drawing as text',
    drawing('width="64" height="32px"'),
    'text/plain',
    'a.svg image/svg+xml 64×32',
  ],
  [
    'a drawing with half a size',
    drawing('width="9" viewBox="0,0 40,20"'),
    '',
    'a.svg image/svg+xml 40×20',
  ],
  ['a drawing without a size', drawing('width="50%" height="1em"'), '', 'a.svg image/svg+xml'],
  ['a drawing of no size', drawing('viewBox="0 0 0 0"'), '', 'a.svg image/svg+xml'],
  ['a drawing beyond measure', drawing('viewBox="0 0 1e9 9999999999"'), '', 'a.svg image/svg+xml'],
  ['an empty drawing', bytes(`<svg ${NS}/>`), '', 'a.svg image/svg+xml'],
  ['a drawing in a namespace', bytes(`<s:svg xmlns:s="x"></s:svg>`), '', 'a.svg image/svg+xml'],
  [
    'a drawing with a doctype',
    bytes('<!DOCTYPE svg [<!ENTITY a "b">]><svg></svg>'),
    '',
    'a.svg image/svg+xml',
  ],
]

test.each(FILES)(
  '%s: by its bytes first, by its maker’s word where they do not tell',
  async (_, content, word, file) => {
    expect(await saved(content, word)).toBe(file)
  },
)

test('a long text is told by its beginning, and a character cut there is none the less text', async () => {
  const long = bytes(`${'x'.repeat(4 * 1024 * 1024 - 1)}é and more`)
  expect(await saved(long)).toBe('a.txt text/plain')
  expect(await saved(Buffer.concat([long, Buffer.from([0])]), ' .obj')).toBe('a.obj model/obj')
  const list = bytes(`[${'1,'.repeat(3 * 1024 * 1024)}1]`)
  expect(await saved(list, 'application/json')).toBe('a.json application/json')
})

test.each<[kind: Modality, bytes: Uint8Array, file: string]>([
  ['image', await picture('webp'), 'a.webp image/webp 40×30'],
  ['image', svg(), 'a.svg image/svg+xml 320×200'],
  ['video', mp4(1), 'a.mp4 video/mp4'],
  ['voice', mp3(), 'a.mp3 audio/mpeg'],
  ['music', wav(), 'a.wav audio/wav'],
])('of a model for %s its own kind is taken (%#)', async (kind, content, file) => {
  expect(await saved(content, '', kind)).toBe(file)
})

const page = bytes('<!doctype html><title>Just a moment</title>')

/** What is no output, what its maker calls it, and what was asked for. */
const REFUSED: [
  what: string,
  bytes: Uint8Array,
  word: string,
  kind: Modality | null,
  says: string,
][] = [
  ['a page', page, 'image/png', 'image', 'text/html where a picture was asked for'],
  ['a text', bytes('Sorry.'), '', 'image', 'text/plain where a picture was asked for'],
  ['a film', mp4(1), '', 'image', 'video/mp4 where a picture was asked for'],
  ['a picture', await picture(), '', 'video', 'image/png where a video was asked for'],
  ['JSON', bytes('{"a":1}'), '', 'music', 'application/json where a sound was asked for'],
  [
    'what nobody knows',
    unknown,
    '',
    'voice',
    'application/octet-stream where a sound was asked for',
  ],
  ['a page', page, 'model/gltf-binary', null, 'a web page in place of the file'],
  [
    'a page',
    page,
    'application/octet-stream .safetensors',
    null,
    'a web page in place of the file',
  ],
  ['half a picture', (await picture()).subarray(0, 100), '', null, 'a damaged image'],
  ['half a drawing', svg().subarray(0, -10), '', null, 'a damaged image'],
]

test.each(REFUSED)(
  '%s is no output and leaves nothing (%#)',
  async (_, content, word, kind, says) => {
    await using folder = await tempFolder()
    const [contentType = '', extension = null] = word.split(' .')
    const output = { bytes: content, declared: { contentType, extension } }
    const refusal = await failure(
      saveOutput(output, { store: folderStore(folder.path), name: 'a', kind }),
    )
    expect(refusal.code).toBe('no_output')
    expect(refusal.message).toBe(`The image service delivered ${says}.`)
    expect(await readdir(folder.path)).toEqual([])
  },
)

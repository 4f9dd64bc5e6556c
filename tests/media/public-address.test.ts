import { expect, test } from 'vitest'
import { fetchUrl } from '../../src/media/fetch-url.ts'
import { isPublicAddress } from '../../src/network/public-address.ts'
import { failure } from './support.ts'

const live = new AbortController().signal

test.each([
  'https://localhost/a.png',
  'https://LOCALHOST./a.png',
  'https://a.localhost/a.png',
  'https://127.0.0.1/a.png',
  'https://127.1/a.png',
  'https://127.0.0.1./a.png',
  'https://0x7f000001/a.png',
  'https://0x7f.0.0.1/a.png',
  'https://0177.0.0.1/a.png',
  'https://2130706433/a.png',
  'https://0/a.png',
  'https://0.0.0.0/a.png',
  'https://%31%32%37.0.0.1/a.png',
  'https://①②⑦.0.0.1/a.png',
  'https://[::1]/a.png',
  'https://[::]/a.png',
  'https://[::ffff:127.0.0.1]/a.png',
  'https://[::ffff:7f00:1]/a.png',
  'https://[::127.0.0.1]/a.png',
  'https://[64:ff9b::7f00:1]/a.png',
  'https://[64:ff9b::a00:1]/a.png',
  'https://[64:ff9b:1::a00:1]/a.png',
  'https://[2002:7f00:1::]/a.png',
  'https://[2001:0:7f00:1::]/a.png',
  'https://[fe80::1]/a.png',
  'https://[fec0::1]/a.png',
  'https://[fd00:ec2::254]/a.png',
  'https://[ff02::1]/a.png',
  'https://[2001:db8::1]/a.png',
  'https://169.254.169.254/latest/meta-data/',
  'https://168.63.129.16/metadata',
  'https://100.100.100.200/metadata',
  'https://10.1.2.3/a.png',
  'https://172.16.0.1/a.png',
  'https://192.168.1.1/a.png',
  'https://100.64.0.1/a.png',
  'https://192.0.0.192/a.png',
  'https://198.18.0.1/a.png',
  'https://224.0.0.1/a.png',
  'https://240.0.0.1/a.png',
  'https://255.255.255.255/a.png',
  'https://user@images.example/a.png',
  'https://user:pass@images.example/a.png',
  'https://images.example:99999/a.png',
  'https://',
  'https://[::1/a.png',
])('%s is refused before anything is sent', async (url) => {
  const asked: string[] = []
  const refusal = await failure(
    fetchUrl(url, live, { lookup: async (name) => [(asked.push(name), '8.8.8.8')[1] ?? ''] }),
  )
  expect(refusal.code).toBe('invalid_input')
  expect(asked).toEqual([])
})

test.each([
  ['8.8.8.8', true],
  ['172.32.0.1', true],
  ['2606:4700:4700::1111', true],
  ['::ffff:8.8.8.8', true],
  ['64:ff9b::808:808', true],
  ['64:ff9b::c0a8:1', false],
  ['fe80::1%eth0', false],
  ['4000::1', false],
  ['', false],
  ['images.example', false],
])('%s is public: %s', async (address, expected) => {
  expect(await isPublicAddress(address)).toBe(expected)
})

test.each([
  ['a private address', ['10.0.0.1']],
  ['a private address among public ones', ['8.8.8.8', '169.254.169.254']],
  ['an IPv6 loopback address', ['::1']],
  ['no address', []],
])('a name that stands for %s is refused', async (_what, addresses) => {
  const refusal = await failure(
    fetchUrl('https://images.example/a.png', live, { lookup: async () => addresses }),
  )
  expect(refusal.code).toBe('input_unreadable')
  expect(refusal.message).toContain('private or local')
})

import { expect, test } from 'vitest'
import { outputStore } from '../src/config/store.ts'

const nameOf = (text: string) => outputStore(text, 'INKWELL_OUTPUT_STORE').name

test('equal buckets of two services have two names in the ledger, unless one is given', () => {
  const [here, there] = ['http://a.example:9000', 'https://b.example'].map(
    (endpoint) => `s3://bucket/prefix?endpoint=${endpoint}&region=eu-1`,
  )
  expect([here, there].map((text = '') => nameOf(text))).toEqual([
    's3://bucket/prefix?endpoint=http://a.example:9000',
    's3://bucket/prefix?endpoint=https://b.example',
  ])
  expect(nameOf('s3://bucket')).toBe('s3://bucket')
  const moved = `${there}&name=${encodeURIComponent('s3://bucket/prefix?endpoint=http://a.example:9000')}`
  expect(nameOf(moved)).toBe('s3://bucket/prefix?endpoint=http://a.example:9000')
  for (const bad of ['folder', 's3://a b'])
    expect(() => nameOf(`${there}&name=${bad}`)).toThrow('INKWELL_OUTPUT_STORE (name) must begin')
})

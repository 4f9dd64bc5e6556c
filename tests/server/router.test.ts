import { expect, test } from 'vitest'
import { createRouter } from '../../src/server/http/router.ts'

test('a route that comes later is found at an address that was asked for before', () => {
  const router = createRouter<string>()
  const found = () => router.match('GET', '/a')[0].map(([handler]) => handler)
  router.add('GET', '/a', 'first')
  expect(found()).toEqual(['first'])
  router.add('GET', '/*', 'second')
  expect(found()).toEqual(['first', 'second'])
})

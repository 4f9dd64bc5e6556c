import { describe, expect } from 'vitest'
import type { Json } from '../support/http.ts'
import { withServer } from '../support/with-server.ts'

const test = withServer()

describe('GET /openapi.json', () => {
  type Operation = {
    parameters?: { name: string; in: string }[]
    responses: Json
    summary: string
    security?: Json[]
  }
  type Document = { openapi: string; info: Json; paths: Record<string, Record<string, Operation>> }

  test('is a document of OpenAPI 3.1 with every route, its parameters and answers', async ({
    server,
  }) => {
    const { status, body } = await server.json('/openapi.json')
    expect(status).toBe(200)
    const { openapi, info, paths } = body as Document
    expect(openapi).toMatch(/^3\.1\.\d$/)
    expect(info).toEqual({ title: 'Inkwell', version: expect.any(String) })
    expect(Object.keys(paths).toSorted()).toEqual([
      '/.well-known/jwks.json',
      '/admin/v1/accounts',
      '/admin/v1/accounts/{id}',
      '/admin/v1/accounts/{id}/close',
      '/admin/v1/accounts/{id}/credits',
      '/admin/v1/accounts/{id}/refunds',
      '/admin/v1/accounts/{id}/resume',
      '/admin/v1/accounts/{id}/suspend',
      '/admin/v1/alerts',
      '/admin/v1/approvals',
      '/admin/v1/audit',
      '/admin/v1/groups',
      '/admin/v1/groups/{id}',
      '/admin/v1/keys',
      '/admin/v1/keys/{id}',
      '/admin/v1/keys/{id}/revoke',
      '/admin/v1/keys/{id}/rotate',
      '/admin/v1/margin',
      '/billing/invoices',
      '/billing/usage',
      '/healthz',
      '/mcp',
      '/metrics',
      '/readyz',
      '/v1/assets',
      '/v1/assets/{id}',
      '/v1/checkout',
      '/v1/checkout/{id}',
      '/v1/credits',
      '/v1/generations/{id}',
      '/v1/generations/{id}/receipt',
      '/v1/usage',
      '/v1/usage/daily',
      '/v1/usage/export',
      '/v1/usage/transactions',
    ])
    const operations = Object.entries(paths).flatMap(([path, of]) =>
      Object.values(of).map((operation) => ({ path, ...operation })),
    )
    for (const { path, parameters = [], responses, summary, security } of operations) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      expect(parameters.filter((one) => one.in === 'path').map(({ name }) => name)).toEqual(named)
      const guarded = security === undefined ? ['400', '401', '403'] : ['200']
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(guarded))
      expect(summary).toEqual(expect.any(String))
    }
    const names = (path: string) => paths[path]?.get?.parameters?.map(({ name }) => name)
    expect(names('/v1/usage')).toEqual(['from', 'to', 'key_id'])
    expect(names('/v1/usage/transactions')).toEqual(['type', 'modality', 'limit', 'cursor'])
    expect(names('/billing/invoices')).toEqual(['limit', 'offset'])
  })

  test('refers to nothing that it does not have', async ({ server }) => {
    const { body } = await server.json('/openapi.json')
    const references = [...JSON.stringify(body).matchAll(/"\$ref":"#\/([^"]+)"/g)]
    expect(references.length).toBeGreaterThan(10)
    for (const [, path = ''] of references) {
      const found = path
        .split('/')
        .reduce<unknown>((at, name) => (at as Json | undefined)?.[name], body)
      expect({ path, found }).toEqual({ path, found: expect.any(Object) })
    }
  })
})

test('health needs no key and tells nothing about accounts', async ({ server }) => {
  expect(await server.json('/healthz')).toEqual({
    status: 200,
    body: { ok: true, version: expect.any(String) },
  })
  expect(await server.json('/readyz')).toEqual({ status: 200, body: { ok: true, mode: 'test' } })
})

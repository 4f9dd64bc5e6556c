import type { OpenAPIHono } from '@hono/zod-openapi'
import { VERSION } from '../../version.ts'
import type { HttpEnv } from './context/env.ts'

/** Serves the OpenAPI 3.1 document. It is generated from the schemas that check the requests. */
export function describeApi(api: OpenAPIHono<HttpEnv>): void {
  api.openAPIRegistry.registerComponent('securitySchemes', 'key', {
    type: 'http',
    scheme: 'bearer',
    description: 'An API key (`ink_…`), issued by the operator of the server.',
  })
  api.openAPIRegistry.registerComponent('securitySchemes', 'token', {
    type: 'apiKey',
    in: 'header',
    name: 'x-access-token',
    description: 'The same API key, for clients that use this header.',
  })
  api.openAPIRegistry.registerComponent('securitySchemes', 'admin', {
    type: 'http',
    scheme: 'bearer',
    description: 'An admin key (`inkadm_…`), made by `inkwell admin keys create`.',
  })
  api.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: { title: 'Inkwell', version: VERSION },
    security: [{ key: [] }, { token: [] }],
  })
}

import type { OpenAPIHono } from '@hono/zod-openapi'
import { VERSION } from '../../version.ts'
import type { HttpEnv } from './context/env.ts'

/** Serves the OpenAPI 3.1 document, made from the same schemas that check the requests. */
export function describeApi(api: OpenAPIHono<HttpEnv>): void {
  api.openAPIRegistry.registerComponent('securitySchemes', 'key', {
    type: 'http',
    scheme: 'bearer',
    description: 'An API key (`ink_…`), which whoever runs the server gives out.',
  })
  api.openAPIRegistry.registerComponent('securitySchemes', 'token', {
    type: 'apiKey',
    in: 'header',
    name: 'x-access-token',
    description: 'The same key, for clients that send it so.',
  })
  api.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: { title: 'Inkwell', version: VERSION },
    security: [{ key: [] }, { token: [] }],
  })
}

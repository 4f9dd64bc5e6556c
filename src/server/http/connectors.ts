import type { OpenAPIHono } from '@hono/zod-openapi'
import { AppError } from '../../errors.ts'
import { RESOURCE_METADATA } from './context/challenge.ts'
import type { HttpEnv } from './context/env.ts'

/** Where clients look for a sign-in of their own, first of all without being told. */
const LOOKED_FOR = [
  RESOURCE_METADATA,
  `${RESOURCE_METADATA}/*`,
  '/.well-known/oauth-authorization-server',
  '/.well-known/oauth-authorization-server/*',
  '/.well-known/openid-configuration',
  '/.well-known/openid-configuration/*',
  '/mcp/.well-known/*',
  '/oauth/*',
  '/register',
  '/authorize',
  '/token',
]

/** Routes that tell clients which sign in by themselves that this server takes API keys. Hosts show the text. */
export function withoutConnectors(api: OpenAPIHono<HttpEnv>): void {
  for (const path of LOOKED_FOR)
    api.all(path, () => {
      throw takesKeys()
    })
}

function takesKeys(): AppError {
  return new AppError(
    'not_found',
    'This server takes API keys. It has no sign-in of its own for clients.',
    {
      hint: 'Set the header `Authorization: Bearer ink_…` in your client; the operator of this server gives out keys.',
    },
  )
}

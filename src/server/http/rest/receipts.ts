import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import * as z from 'zod'
import { issueReceipt, ReceiptShape } from '../../../receipts/receipt.ts'
import { publicKeys, signingKey } from '../../../receipts/signing-keys.ts'
import { callerOf } from '../context/caller.ts'
import type { HttpEnv } from '../context/env.ts'
import { Id, jsonResponses, needs } from './route.ts'

const SignedShape = ReceiptShape.extend({
  receipt: z.string().describe('All of it, signed: a JWS in compact form (EdDSA)'),
}).openapi('Receipt')

const receipt = createRoute({
  method: 'get',
  path: '/v1/generations/{id}/receipt',
  summary: 'What was charged for which files, signed',
  middleware: needs('assets:read'),
  request: { params: Id },
  responses: jsonResponses(SignedShape),
})

const KeysShape = z
  .object({
    keys: z.array(
      z.object({
        kty: z.string(),
        crv: z.string(),
        x: z.string(),
        kid: z.string(),
        alg: z.string(),
        use: z.string(),
      }),
    ),
  })
  .openapi('PublicKeys')

const keys = createRoute({
  method: 'get',
  path: '/.well-known/jwks.json',
  summary: 'The public keys that verify receipts, also those that no longer sign',
  security: [],
  responses: {
    200: {
      description: 'A JSON Web Key Set',
      content: { 'application/json': { schema: KeysShape } },
    },
  },
})

/** Routes for receipts, and for the keys that verify them. */
export function receiptRoutes(api: OpenAPIHono<HttpEnv>): void {
  api.openapi(receipt, async (context) => {
    const { account } = callerOf(context)
    const { id } = context.req.valid('param')
    const issued = await issueReceipt(context.var.app, id, account.id)
    return context.json({ receipt: issued.jws, ...issued.receipt }, 200)
  })
  api.openapi(keys, async (context) => {
    const { db, now } = context.var.app
    await signingKey(db, now()) // so that it can be kept before the first receipt
    const known = await db.read(publicKeys)
    context.header('cache-control', 'public, max-age=300')
    return context.json({ keys: known as z.infer<typeof KeysShape>['keys'] }, 200)
  })
}

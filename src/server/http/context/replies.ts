import type { Context, TypedResponse } from 'hono'
import { ERROR_CODES, type AppError, type ErrorCode } from '../../../errors.ts'
import { setRateLimitHeaders } from './auth.ts'
import { willCompress } from './compress.ts'
import type { HttpEnv } from './env.ts'

export type ErrorBody = {
  success: false
  error: { code: ErrorCode; message: string; status: number; hint: string }
  message: string
}

/** Builds the body of every HTTP error. `message` is there twice because existing clients read it in two places. */
export function errorBody(
  { code, message, hint }: Pick<AppError, 'code' | 'message' | 'hint'>,
  status: number = ERROR_CODES[code].status,
): ErrorBody {
  return { success: false, error: { code, message, status, hint }, message }
}

/**
 * As `context.json`, for a reading whose body is JSON text already. A response that is not going to be compressed is made
 * with all of its headers.
 */
export async function jsonText(
  context: Context<HttpEnv>,
  text: string,
): Promise<Response & TypedResponse<never, 200, 'json'>> {
  let response: Response
  if (willCompress(context.req, text)) {
    response = context.body(text, 200, JSON_TYPE)
  } else {
    await setRateLimitHeaders(context)
    const headers = { ...context.get('headers'), ...JSON_TYPE, vary: 'Accept-Encoding' }
    response = new Response(text, { headers })
    context.set('complete', response)
  }
  return response as Response & TypedResponse<never, 200, 'json'>
}

const JSON_TYPE = { 'content-type': 'application/json' }

/** Builds an error response of the MCP endpoint. It is JSON-RPC even if the request is not. */
export function rpcError(status: number, code: number, message: string): Response {
  return Response.json({ jsonrpc: '2.0', error: { code, message }, id: null }, { status })
}

import type { Context, TypedResponse } from 'hono'
import { ERROR_CODES, type AppError, type ErrorCode } from '../../../errors.ts'

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

/** As `context.json`, for a body that is JSON text already. */
export function jsonText(
  context: Context,
  text: string,
): Response & TypedResponse<never, 200, 'json'> {
  const response: Response = context.body(text, 200, { 'content-type': 'application/json' })
  return response as Response & TypedResponse<never, 200, 'json'>
}

/** Builds an error response of the MCP endpoint. It is JSON-RPC even if the request is not. */
export function rpcError(status: number, code: number, message: string): Response {
  return Response.json({ jsonrpc: '2.0', error: { code, message }, id: null }, { status })
}

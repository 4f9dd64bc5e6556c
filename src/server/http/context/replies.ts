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

/** Builds an error response of the MCP endpoint. It is JSON-RPC even if the request is not. */
export function rpcError(status: number, code: number, message: string): Response {
  return Response.json({ jsonrpc: '2.0', error: { code, message }, id: null }, { status })
}

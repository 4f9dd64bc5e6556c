import { ERROR_CODES, type AppError, type ErrorCode } from '../../../errors.ts'

export type ErrorBody = {
  success: false
  error: { code: ErrorCode; message: string; status: number; hint: string }
  message: string
}

/** The one shape of an error over HTTP. Two readers of usage look for `message` in two places. */
export function errorBody(
  { code, message, hint }: Pick<AppError, 'code' | 'message' | 'hint'>,
  status = statusOf(code),
): ErrorBody {
  return { success: false, error: { code, message, status, hint }, message }
}

/** The HTTP status of an error code. */
export function statusOf(code: ErrorCode): number {
  return ERROR_CODES[code].status
}

/** An error of the MCP endpoint, which speaks JSON-RPC even where a request is none. */
export function rpcError(status: number, code: number, message: string): Response {
  return Response.json({ jsonrpc: '2.0', error: { code, message }, id: null }, { status })
}

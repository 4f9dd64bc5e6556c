import { ERROR_CODES, type AppError } from '../../errors.ts'
import { RemovedError } from '../../generations/retention.ts'
import { UploadQuotaError } from '../../generations/upload.ts'

/** Returns the status of the response to an error: that of its code, but for some errors with a status of their own. */
export function statusFor(error: AppError): number {
  if (error instanceof UploadQuotaError) return 413
  return error instanceof RemovedError ? 410 : ERROR_CODES[error.code].status
}

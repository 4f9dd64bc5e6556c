import { codeOf } from '../errors.ts'

/** Whether an engine refused a statement that it does not know, though PostgreSQL does. */
export function isUnsupported(error: unknown): boolean {
  return /^(0A000|42601)$/.test(codeOf(error))
}

/**
 * Runs statements that create a table where there is none. Of several processes that do so at once, all but the first are
 * refused once it has committed (SQLSTATE 23505 or 42P07): they run them again and find the table.
 */
export async function createdOnce<T>(create: () => Promise<T>): Promise<T> {
  try {
    return await create()
  } catch (error) {
    if (/^(23505|42P07)$/.test(codeOf(error))) return await create()
    throw error
  }
}

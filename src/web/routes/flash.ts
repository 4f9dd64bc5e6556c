import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import * as z from 'zod'
import { TERM_FIELDS } from '../../connect/terms.ts'
import { AppError } from '../../errors.ts'

const COOKIE = 'inkwell_said'

/** How long a message waits for the page that shows it, in seconds. */
const LIFE_S = 60

const FlashShape = z.object({
  /** The field at which it stands; absent for the page as a whole. */
  field: z.enum(['amount', 'key', 'webhook', ...TERM_FIELDS]).optional(),
  /** Whether it tells an error. */
  isError: z.boolean(),
  message: z.string().max(600),
  hint: z.string().max(600),
  /** What was typed, to be kept. Never a secret. */
  value: z.string().max(40).optional(),
})

/** What a form has to tell on the page that follows it. */
export type Flash = z.infer<typeof FlashShape>

/** Keeps a message for the next page of this browser. A form answers with a redirect, so it cannot show one itself. */
export function setFlash(context: Context, flash: Flash): void {
  const { message, hint, value } = flash
  const cut = {
    ...flash,
    message: message.slice(0, 600),
    hint: hint.slice(0, 600),
    ...(value !== undefined && { value: value.slice(0, 40) }),
  }
  setCookie(context, COOKIE, Buffer.from(JSON.stringify(cut)).toString('base64url'), {
    path: '/',
    httpOnly: true,
    sameSite: 'Lax',
    maxAge: LIFE_S,
  })
}

/** Does what a form asks for, and keeps what came of it for the next page: what `act` returns, or why it was refused. */
export async function tellOutcome(
  context: Context,
  act: () => Promise<Flash>,
  field?: Flash['field'],
): Promise<void> {
  try {
    setFlash(context, await act())
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const { message, hint } = error
    setFlash(context, { isError: true, message, hint, ...(field !== undefined && { field }) })
  }
}

/** Returns whether a person opens this page, and no script that updates one. */
export function isRead({ req }: Context): boolean {
  return (req.header('sec-fetch-mode') ?? 'navigate') === 'navigate'
}

/** Returns the message of the form before, once; null if there is none. The script that updates a page does not take it. */
export function takeFlash(context: Context): Flash | null {
  const text = getCookie(context, COOKIE)
  if (text === undefined || !isRead(context)) return null
  deleteCookie(context, COOKIE, { path: '/' })
  try {
    return FlashShape.parse(JSON.parse(Buffer.from(text, 'base64url').toString()))
  } catch {
    return null
  }
}

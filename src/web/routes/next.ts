import type { PageContext } from './env.ts'

/** Pages that a person may want to come back to. */
const PLACES =
  /^\/(?:|buy|search|alerts|oauth\/consent\/[\w-]+|g\/[\w-]+|approvals\/[\w-]+|page\/(?:files\/[\w-]+|activity\.csv))$/

/** Returns the path and query of a page of this server that a text names; `/` for anything else. */
export function placeOf(text: string): string {
  const base = 'http://here.invalid'
  if (!URL.canParse(text, base)) return '/'
  const { origin, pathname, search } = new URL(text, base)
  return origin === base && PLACES.test(pathname) ? `${pathname}${search}` : '/'
}

/** Returns where signing in leads: to the page that was asked for. */
export function nextOf({ req }: PageContext): string {
  const { pathname, search } = new URL(req.url)
  return req.method === 'GET' ? placeOf(`${pathname}${search}`) : '/'
}

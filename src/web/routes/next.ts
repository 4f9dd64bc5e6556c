import type { PageContext } from './env.ts'
import { formOf } from './form.ts'

/** Pages that a person may want to come back to. */
const PLACES = /^\/(?:|g\/[\w-]+|page\/(?:files\/[\w-]+|activity\.csv))$/

/** Returns the path and query of a page of this server that a text names; `/` for anything else. */
export function placeOf(text: string): string {
  const base = 'http://here.invalid'
  if (!URL.canParse(text, base)) return '/'
  const { origin, pathname, search } = new URL(text, base)
  return origin === base && PLACES.test(pathname) ? `${pathname}${search}` : '/'
}

/** Returns where signing in leads: to the page that was asked for, also after a failed attempt. */
export async function nextOf(context: PageContext): Promise<string> {
  const { method, url } = context.req
  if (method !== 'GET') return placeOf((await formOf(context))('next'))
  const { pathname, search } = new URL(url)
  return placeOf(`${pathname}${search}`)
}

import type { PageContext } from './env.ts'
import { requireCsrf, requireVisitor, type Visitor } from './session.ts'

/** Parses a form. Returns a function that reads a field; a missing field or a file reads as ''. */
export async function formOf({ req }: PageContext): Promise<(name: string) => string> {
  const fields = await req.parseBody()
  return (name) => {
    const field = fields[name]
    return typeof field === 'string' ? field : ''
  }
}

/** A form of a page of the visitor who sent it. */
export type OwnForm = Visitor & { form: (name: string) => string }

/** Parses a form that only the page of its visitor can send. Throws `unauthorized`, and `forbidden` for any other. */
export async function ownForm(context: PageContext): Promise<OwnForm> {
  const visitor = await requireVisitor(context)
  const form = await formOf(context)
  requireCsrf(visitor, form('csrf'))
  return { ...visitor, form }
}

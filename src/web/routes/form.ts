import type { PageContext } from './env.ts'

/** Parses a form. Returns a function that reads a field; a missing field or a file reads as ''. */
export async function formOf({ req }: PageContext): Promise<(name: string) => string> {
  const fields = await req.parseBody()
  return (name) => {
    const field = fields[name]
    return typeof field === 'string' ? field : ''
  }
}

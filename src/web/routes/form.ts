import type { PageContext } from './env.ts'

/** The fields of a form. A field that is missing or a file is empty. */
export async function formOf({ req }: PageContext): Promise<(name: string) => string> {
  const fields = await req.parseBody()
  return (name) => {
    const field = fields[name]
    return typeof field === 'string' ? field : ''
  }
}

import { AppError } from '../errors.ts'

/** What an API key can be allowed to do. */
export const SCOPES = ['generate', 'credits:read', 'credits:buy', 'assets:read'] as const
export type Scope = (typeof SCOPES)[number]

/** What a key may do where nobody says otherwise: everything but open a purchase. */
export const DEFAULT_SCOPES: readonly Scope[] = ['generate', 'credits:read', 'assets:read']

/** The scopes that are named, each once and in the order of the list. Null where one is unknown or none is named. */
export function scopesOf(names: readonly string[]): Scope[] | null {
  const known = SCOPES.filter((scope) => names.includes(scope))
  return known.length > 0 && known.length === new Set(names).size ? known : null
}

/** Throws `forbidden`, naming the scope, where a key lacks it. */
export function requireScope({ scopes }: { scopes: readonly Scope[] }, scope: Scope): void {
  if (scopes.includes(scope)) return
  throw new AppError('forbidden', `This API key lacks the scope ${scope}.`, {
    hint: 'Use a key that has this scope: whoever gave out the key can give out another.',
  })
}

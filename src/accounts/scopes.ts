import { AppError } from '../errors.ts'

/** The permissions of an API key. */
export const SCOPES = ['generate', 'credits:read', 'credits:buy', 'assets:read'] as const
export type Scope = (typeof SCOPES)[number]

/** The default scopes of a new key: everything except purchases. */
export const DEFAULT_SCOPES: readonly Scope[] = ['generate', 'credits:read', 'assets:read']

/** Returns the named scopes without duplicates, in the order of `SCOPES`. Null if one is unknown or there are none. */
export function scopesOf(names: readonly string[]): Scope[] | null {
  const known = SCOPES.filter((scope) => names.includes(scope))
  return known.length > 0 && known.length === new Set(names).size ? known : null
}

/** Throws `forbidden`, naming the scope, if the key lacks it. */
export function requireScope({ scopes }: { scopes: readonly Scope[] }, scope: Scope): void {
  if (scopes.includes(scope)) return
  throw new AppError('forbidden', `This API key lacks the scope ${scope}.`, {
    hint: 'Use a key that has this scope: the operator who gave out the key can give another.',
    facts: { requiredScope: scope },
  })
}

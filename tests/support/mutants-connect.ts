import type { Mutant } from './mutant.ts'

/** What guards the sign-in of remote hosts, and what a person lets them spend. */
export const CONNECT_MUTANTS: readonly (Mutant & { test: 'attacks' | 'connect' | 'ends' })[] = [
  {
    name: 'a client needs no PKCE',
    file: 'connect/oidc-provider/configuration.ts',
    from: 'required: () => true',
    to: 'required: () => false',
    test: 'attacks',
  },
  {
    name: 'the question takes an answer without its token',
    file: 'web/routes/consent.ts',
    from: "requireCsrf(visitor, form('csrf'))",
    to: '',
    test: 'attacks',
  },
  {
    name: 'a token for MCP opens everything',
    file: 'connect/tokens.ts',
    from: 'if (!resources.includes(aud)) throw unauthorized()',
    to: '',
    test: 'connect',
  },
  {
    name: 'a connection has no caps',
    file: 'web/routes/consent.ts',
    from: 'terms: { ...terms, scopes }',
    to: 'terms: { ...terms, caps: {}, scopes }',
    test: 'connect',
  },
  {
    name: 'a key with limits lets a host in',
    file: 'web/routes/consent.ts',
    from: '  requireUnlimited(caller)\n',
    to: '',
    test: 'connect',
  },
  {
    name: 'a connection may do more than the key that approved it',
    file: 'web/routes/consent.ts',
    from: 'const scopes = asked.scopes.filter((scope) => caller.scopes.includes(scope))',
    to: 'const { scopes } = asked',
    test: 'connect',
  },
  {
    name: 'a refresh token works twice',
    file: 'connect/oidc-provider/store.ts',
    from: 'found.consumedAt !== null &&',
    to: 'false &&',
    test: 'ends',
  },
  {
    name: 'a token that was given back leaves the connection',
    file: 'connect/oidc-provider/store.ts',
    from: "if (kind === 'Grant') yield* endConnectionOf(id, now())",
    to: '',
    test: 'ends',
  },
  {
    name: 'a connection outlives the key that it was to end with',
    file: 'connect/connections.ts',
    from: 'endsWith: endsWithKey && approver !== undefined ? approvedBy : null',
    to: 'endsWith: null',
    test: 'ends',
  },
  {
    name: 'a connection that is replaced goes on',
    file: 'connect/connections.ts',
    from: 'const replaced = replaces ?',
    to: 'const replaced = false ?',
    test: 'ends',
  },
]

import { createAccount } from '../accounts/accounts.ts'
import { preparedQuery, type TransactionBody } from '../db/db.ts'
import type { SIGNUPS } from '../config/settings.ts'
import { AppError } from '../errors.ts'
import { oneLine } from '../text.ts'

/** Who may get an account by signing in. */
type Signup = (typeof SIGNUPS)[number]

/** A person whom the operator's identity provider has verified. Text from outside. */
export type Identity = {
  issuer: string
  subject: string
  name: string | null
  /** Only an address that the provider has verified. */
  email: string | null
}

/** What a browser must bring back from the identity provider. */
export type SignInAttempt = { state: string; nonce: string; verifier: string }

/** Port to the operator's identity provider. */
export type IdentityProvider = {
  /** Returns where to send a person. Throws `upstream_unavailable`. */
  begin(attempt: SignInAttempt, redirectUri: string): Promise<string>
  /** Returns who came back. Throws `unauthorized` for anything that does not belong to the attempt. */
  finish(attempt: SignInAttempt, callback: URL): Promise<Identity>
}

/**
 * Returns the account of a person, and opens one with the signup grant where the operator allows it: once, whoever asks
 * at the same time. Throws `forbidden` for a person who may not have one.
 */
export function* accountOf(
  identity: Identity,
  signup: Signup,
  at: number,
): TransactionBody<string> {
  const { issuer, subject, email, name } = identity
  const [known] = yield* selectSubject({ issuer, subject })
  if (known !== undefined) return known.account_id
  if (signup === 'closed') throw closed()
  if (signup === 'invite') {
    const [used] = email === null ? [] : yield* useInvitation({ email: email.toLowerCase(), at })
    if (used === undefined) throw notInvited(email)
  }
  const account = yield* createAccount(nameFor(email ?? name), at)
  yield* insertSubject({ issuer, subject, account_id: account.id, created_at: at })
  return account.id
}

/** Invites a person: who signs in with this address, verified, gets an account once. Returns false if invited before. */
export function* invite(email: string, at: number): TransactionBody<boolean> {
  return (yield* insertInvitation({ email: email.toLowerCase(), created_at: at })).length > 0
}

const selectSubject = preparedQuery((db, p: { issuer: string; subject: string }) =>
  db
    .selectFrom('subject')
    .select('account_id')
    .where('issuer', '=', p.issuer)
    .where('subject', '=', p.subject),
)

// Without `on conflict`: of two that open an account at once, one fails as a whole and finds it the next time.
const insertSubject = preparedQuery(
  (db, p: { issuer: string; subject: string; account_id: string; created_at: number }) =>
    db.insertInto('subject').values({
      issuer: p.issuer,
      subject: p.subject,
      account_id: p.account_id,
      created_at: p.created_at,
    }),
)

const useInvitation = preparedQuery((db, p: { email: string; at: number }) =>
  db
    .updateTable('invitation')
    .set({ used_at: p.at })
    .where('email', '=', p.email)
    .where('used_at', 'is', null)
    .returning('email'),
)

const insertInvitation = preparedQuery((db, p: { email: string; created_at: number }) =>
  db
    .insertInto('invitation')
    .values({ email: p.email, created_at: p.created_at, used_at: null })
    .onConflict((on) => on.doNothing())
    .returning('email'),
)

/** Longest name that is taken, in characters. */
const NAME_MAX = 100

function nameFor(text: string | null): string {
  return oneLine(text ?? '', NAME_MAX) || 'Without a name'
}

function closed(): AppError {
  return new AppError('forbidden', 'Nobody gets an account here by signing in.', {
    hint: 'Ask the operator of this server for an API key.',
    localHint: 'INKWELL_SIGNUP=open or invite allows it.',
  })
}

function notInvited(email: string | null): AppError {
  const message =
    email === null
      ? 'Your identity provider has verified no e-mail address of yours.'
      : 'Your e-mail address is not invited.'
  return new AppError('forbidden', message, {
    hint: 'Ask the operator of this server for an invitation.',
    localHint: '`inkwell accounts invite --email <address>` invites.',
  })
}

import type { Caller } from '../accounts/caller.ts'
import { decide } from '../approvals/decide.ts'
import { AppError } from '../errors.ts'
import type { Call, Services } from './tool.ts'

/**
 * Runs a paid call. Where it needs an approval and its client can ask a person, the client is asked, and the call
 * repeated with the answer; over HTTP the error has the page on which a person decides. A model cannot answer: the
 * answer is no argument of a tool. Nor can a program whose key may not read the balance: it has no person.
 */
export async function withApproval<T>(
  call: Call,
  services: Services,
  body: () => Promise<T>,
): Promise<T> {
  const hasPerson = call.caller.scopes.includes('credits:read')
  if (hasPerson) await noteAnswer(call, services)
  try {
    return await body()
  } catch (error) {
    if (!(error instanceof AppError) || error.facts.approval?.status !== 'pending') throw error
    const { id } = error.facts.approval
    if (hasPerson && call.consent === undefined)
      call.elicitConsent?.({ message: `${error.message} Approve it?`, reference: id })
    throw withPage(error, call.caller)
  }
}

/** Records what the person behind the client said. An approval that has ended meanwhile is asked for anew by the call. */
async function noteAnswer({ caller, consent }: Call, services: Services): Promise<void> {
  if (consent === undefined || consent.action === 'cancel') return
  const named = { id: consent.reference, accountId: caller.account.id, keyId: caller.keyId }
  const says = consent.action === 'accept' ? 'approve' : 'refuse'
  const by = caller.keyId === '' ? 'client' : `client of ${caller.keyId}`
  const decision = { says, by, at: services.now() } as const
  await services.generations.db
    .write(() => decide(named, decision))
    .catch((error: unknown) => {
      if (!(error instanceof AppError) || error.code !== 'not_found') throw error
    })
}

/** Adds the page on which a person decides, for a caller over HTTP. */
function withPage(error: AppError, { linkTo }: Caller): AppError {
  const { code, message, localHint, facts } = error
  if (linkTo === null || facts.approval === undefined) return error
  const url = new URL(`/approvals/${facts.approval.id}`, linkTo('')).href
  return new AppError(code, message, {
    hint: `Give the person you work for this link, where they approve or refuse it: ${url} Then make exactly the same call again: once it is approved it goes on.`,
    localHint,
    facts: { ...facts, approval: { ...facts.approval, url } },
  })
}

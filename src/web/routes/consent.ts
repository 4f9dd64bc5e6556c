import { Hono } from 'hono'
import { connect, connectionsOf } from '../../connect/connections.ts'
import type { AuthorizationServer, ConsentRequest } from '../../connect/authorization-server.ts'
import { destinationOf, formTargetOf } from '../../connect/client-metadata.ts'
import {
  readTerms,
  refusalFor,
  requireUnlimited,
  suggestedTerms,
  TERM_FIELDS,
  TermError,
  type TermField,
} from '../../connect/terms.ts'
import { AppError } from '../../errors.ts'
import { findAccount } from '../../ledger/queries/account.ts'
import { sendPage } from '../responses/page.ts'
import {
  connectNotePage,
  consentPage,
  consentSignInPage,
  type AskingClient,
} from '../views/consent.ts'
import { identityLink } from '../views/sign-in.ts'
import type { PageContext, WebEnv } from './env.ts'
import { setFlash, takeFlash } from './flash.ts'
import { formOf } from './form.ts'
import { identityHost } from './identity.ts'
import { findVisitor, requireCsrf, setSessionCookie, type Visitor } from './session.ts'
import { signIn } from './sign-in.ts'

/** Routes on which a person signs in and decides about a client. Each form answers 303. */
export function consentRoutes(server: () => Promise<AuthorizationServer>): Hono<WebEnv> {
  const routes = new Hono<WebEnv>()
  routes.get('/oauth/consent/:id', async (context) => {
    const { app } = context.var
    const asked = await (await server()).requestOf(browserOf(context))
    if (asked === null) return await expired(context)
    const client = clientOf(asked)
    const visitor = await findVisitor(context)
    const said = takeFlash(context)
    if (visitor === null) {
      const host = identityHost(app.config)
      const identity = host === null ? null : identityLink(host, `/oauth/consent/${asked.id}`)
      return await sendPage(context, consentSignInPage(app.mode, { client, alert: said, identity }))
    }
    return await sendConsent(context, { asked, client, visitor, said })
  })
  routes.post('/oauth/consent/:id', async (context) => {
    const authorization = await server()
    const asked = await authorization.requestOf(browserOf(context))
    if (asked === null) return await expired(context)
    const form = await formOf(context)
    const here = `/oauth/consent/${asked.id}`
    const visitor = await findVisitor(context)
    if (visitor === null) {
      await signInHere(context, form('key'))
      return context.redirect(here, 303)
    }
    requireCsrf(visitor, form('csrf'))
    if (form('approve') === '')
      return context.redirect(await authorization.deny(browserOf(context)), 303)
    try {
      const next = await approve(context, authorization, { asked, visitor, form })
      return context.redirect(next, 303)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      const { message, hint } = error
      const field = error instanceof TermError ? { field: error.field } : {}
      setFlash(context, { ...field, isError: true, message, hint })
      const typed = new URLSearchParams()
      for (const name of TERM_FIELDS) typed.set(name, form(name).slice(0, 40))
      return context.redirect(`${here}?${typed.toString()}`, 303)
    }
  })
  return routes
}

type Asked = { asked: ConsentRequest; visitor: Visitor }

async function sendConsent(
  context: PageContext,
  {
    asked,
    client,
    visitor,
    said,
  }: Asked & { client: AskingClient; said: ReturnType<typeof takeFlash> },
): Promise<Response> {
  const { app } = context.var
  const { caller, csrf } = visitor
  await app.ready(caller)
  const now = app.now()
  const accountId = caller.account.id
  const { balance, earlier } = await app.db.read(function* reading() {
    const [account] = yield* findAccount({ id: accountId })
    const known = yield* connectionsOf({ accountId, clientId: asked.client.id }, now)
    return { balance: account?.available ?? 0, earlier: known.length }
  })
  const suggested = suggestedTerms(now)
  const values = Object.fromEntries(
    TERM_FIELDS.map((name) => [name, context.req.query(name)?.slice(0, 40) ?? suggested[name]]),
  ) as Record<TermField, string>
  const problem = said?.field === undefined ? null : { ...said, field: said.field }
  return await sendPage(
    context,
    consentPage(app.mode, {
      client,
      scopes: asked.scopes.filter((scope) => caller.scopes.includes(scope)),
      account: caller.account.name,
      balance,
      terms: { values, problem, id: 'terms' },
      earlier,
      byKey: caller.keyId !== '',
      alert: problem === null ? (said ?? refusalFor(caller)) : null,
      csrf,
    }),
  )
}

async function approve(
  context: PageContext,
  server: AuthorizationServer,
  { asked, visitor: { caller }, form }: Asked & { form: (name: string) => string },
): Promise<string> {
  const { app } = context.var
  const now = app.now()
  requireUnlimited(caller)
  const terms = readTerms(form, now)
  const scopes = asked.scopes.filter((scope) => caller.scopes.includes(scope))
  const { name } = asked.client
  const made = await app.db.write(() =>
    connect(
      {
        accountId: caller.account.id,
        request: asked.id,
        grantId: server.newGrantId(),
        client: { id: asked.client.id, name, sendsTo: clientOf(asked).sendsTo },
        terms: { ...terms, scopes },
        approvedBy: caller.keyId,
        endsWithKey: form('with_key') !== '',
        replaces: form('replace') !== '',
      },
      now,
    ),
  )
  return await server.approve(browserOf(context), { ...made, scopes })
}

async function signInHere(context: PageContext, text: string): Promise<void> {
  try {
    setSessionCookie(context, await signIn(context.var.app, text))
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const { message, hint } = error
    setFlash(context, { field: 'key', isError: true, message, hint })
  }
}

async function expired(context: PageContext): Promise<Response> {
  context.status(404)
  const note = {
    title: 'There is nothing to decide here',
    text: 'The request is older than 30 minutes, was answered, or came from another browser. Start again in the client.',
  }
  return await sendPage(context, connectNotePage(context.var.app.mode, note))
}

function clientOf({ client, redirectUri }: ConsentRequest): AskingClient {
  return {
    name: client.name,
    vouchedBy: client.vouchedBy,
    sendsTo: redirectUri === null ? 'this page: the device goes on' : destinationOf(redirectUri),
    formTarget: redirectUri === null ? '' : formTargetOf(redirectUri),
  }
}

/** The request of a browser without its body, which is a form of ours. */
function browserOf({ req }: PageContext): Request {
  return new Request(req.url, { headers: req.raw.headers })
}

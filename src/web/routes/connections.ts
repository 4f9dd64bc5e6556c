import type { Hono } from 'hono'
import type { Caller } from '../../accounts/caller.ts'
import { revokeKey, updateKey } from '../../accounts/keys.ts'
import type { App } from '../../app.ts'
import { listConnections, type Connection } from '../../connect/connections.ts'
import { readTerms, refusalFor, requireUnlimited } from '../../connect/terms.ts'
import { AppError } from '../../errors.ts'
import type { Connections } from '../views/connections.ts'
import type { PageContext, WebEnv } from './env.ts'
import { tellOutcome } from './flash.ts'
import { ownForm, type OwnForm } from './form.ts'

/** Returns the live connections of a caller's account. */
export async function connectionsFor({ db, now }: App, caller: Caller): Promise<Connections> {
  const live = await db.read(() => listConnections(caller.account.id, now()))
  return { live, mayChange: refusalFor(caller) === null }
}

/** Routes to change and to end a connection. Both hold from its next call on. */
export function connectionRoutes(routes: Hono<WebEnv>): void {
  routes.post('/page/connections/:id', (context) =>
    change(context, (app, { id, scopes }, { caller, form }) => {
      // Nobody raises the limits of what may do more than they may.
      if (!scopes.every((scope) => caller.scopes.includes(scope))) throw lacksScopes()
      const at = app.now()
      const { caps, expiresAt } = readTerms(form, at)
      return app.db.write(() => updateKey(id, { caps, expiresAt }, at))
    }),
  )
  routes.post('/page/connections/:id/end', (context) =>
    change(context, ({ db, now }, { id }) => db.write(() => revokeKey({ id }, now()))),
  )
}

type Sent = Pick<OwnForm, 'caller' | 'form'>

async function change(
  context: PageContext,
  act: (app: App, connection: Connection, sent: Sent) => Promise<unknown>,
): Promise<Response> {
  const { app } = context.var
  const { caller, form } = await ownForm(context)
  await tellOutcome(context, async () => {
    requireUnlimited(caller)
    const { live } = await connectionsFor(app, caller)
    const connection = live.find(({ id }) => id === context.req.param('id'))
    if (connection === undefined) throw noConnection()
    await act(app, connection, { caller, form })
    return { isError: false, message: 'Done.', hint: 'It holds from the next call on.' }
  })
  return context.redirect('/#connections', 303)
}

function lacksScopes(): AppError {
  return new AppError('forbidden', 'The key that signed in may do less than this connection.', {
    hint: 'Sign in with a key that has all of its permissions.',
  })
}

function noConnection(): AppError {
  return new AppError('not_found', 'This connection has ended already.', {
    hint: 'The page shows those that are left.',
  })
}

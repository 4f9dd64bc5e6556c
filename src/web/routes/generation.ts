import type { Hono } from 'hono'
import { ownFileOf, thumbnailsOf } from '../../usage/about.ts'
import { DAYS_MAX } from '../../usage/days.ts'
import { findGenerations } from '../../usage/find.ts'
import { generationPage } from '../../usage/generation-page.ts'
import { AppError } from '../../errors.ts'
import { findAsset } from '../../generations/generation.ts'
import { selectGeneration } from '../../generations/queries.ts'
import type { App } from '../../app.ts'
import { truncate } from '../../text.ts'
import { sendPage } from '../responses/page.ts'
import { generationView } from '../views/generation.ts'
import { searchResults } from '../views/search.ts'
import { subPage } from '../views/sub-page.ts'
import type { WebEnv } from './env.ts'
import { requireVisitor } from './session.ts'

/** Results of a search on one page, and longest text to search for, in characters. */
const FOUND_MAX = 50
const WORDS_MAX = 200

/** Routes of the page of each generation, and of the search for them. Only the visitor's account is searched. */
export function generationRoutes(routes: Hono<WebEnv>): void {
  routes.get('/g/:id', async (context) => {
    const { app, linkTo } = context.var
    const { caller } = await requireVisitor(context)
    const id = context.req.param('id')
    await app.ready(caller)
    const page = await app.db.read(() =>
      generationPage(caller.account.id, id, app.generations.files),
    )
    const link = new URL(`/g/${id}`, linkTo(id)).href
    const maySeeFiles = caller.scopes.includes('assets:read')
    const body = generationView({ page, link, maySeeFiles })
    const title = page.about === '' ? id : truncate(page.about, 60)
    return await sendPage(
      context,
      subPage({ mode: app.mode, accountName: caller.account.name, title, body }),
    )
  })
  routes.get('/search', async (context) => {
    const { app } = context.var
    const { caller } = await requireVisitor(context)
    const words = truncate(context.req.query('q')?.trim() ?? '', WORDS_MAX)
    const named = await generationNamed(app, caller.account.id, words)
    if (named !== null) return context.redirect(`/g/${named}`, 303)
    const found = await search(app, caller.account.id, words)
    const maySeeFiles = caller.scopes.includes('assets:read')
    const shown = found.map((row) => ({ ...row, thumbnail: maySeeFiles ? row.thumbnail : null }))
    return await sendPage(
      context,
      subPage({
        mode: app.mode,
        accountName: caller.account.name,
        title: 'Search',
        words,
        body: searchResults(words, shown),
      }),
    )
  })
}

/** Returns the generation that an id names, directly or by one of its files; null if the text is no id of this account. */
async function generationNamed(
  { db, now }: App,
  accountId: string,
  text: string,
): Promise<string | null> {
  const id = ownFileOf(text)
  if (id === null) return null
  try {
    return (await db.read(() => findAsset(accountId, id, now()))).generation_id
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return id.startsWith('gen_') && (await exists(db, accountId, id)) ? id : null
  }
}

/** A generation without a file is found too. */
async function exists(db: App['db'], accountId: string, id: string): Promise<boolean> {
  const [row] = await db.read(() => selectGeneration({ id, account_id: accountId }))
  return row !== undefined
}

async function search({ db, now }: App, accountId: string, words: string) {
  if (words === '') return []
  return await db.read(function* () {
    const wanted = { query: words, days: DAYS_MAX, limit: FOUND_MAX }
    const found = yield* findGenerations(accountId, wanted, now())
    const thumbnails = yield* thumbnailsOf(
      accountId,
      found.map(({ id }) => id),
    )
    return found.map(({ id, createdAt, model, prompt }) => ({
      id,
      at: createdAt,
      model,
      prompt,
      thumbnail: thumbnails.get(id) ?? null,
    }))
  })
}

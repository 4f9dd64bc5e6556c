import { Hono } from 'hono'
import { assets } from '../assets/assets.ts'

/** Routes of the stylesheet, the script and the icon of all pages. */
export function assetRoutes(): Hono {
  const routes = new Hono()
  routes.get('/page/:file{[a-z]+-[\\w-]+\\.[a-z]+}', async (context) => {
    const asset = (await assets()).find(({ path }) => path === context.req.path)
    if (asset === undefined) return context.notFound()
    return context.body(asset.body, 200, {
      'content-type': asset.type,
      'cache-control': 'public, max-age=31536000, immutable',
    })
  })
  return routes
}

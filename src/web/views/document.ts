import { html, type Html } from './html.ts'

/** The content of a page. */
export type Page = {
  title: string
  body: Html
  /** False for payment pages: they run no script. */
  script: boolean
  /** A URL that the browser opens automatically. */
  next?: string
  /** Where forms may lead in addition to this server, as a source of the content policy; '' for nowhere. */
  formTarget?: string
}

/** Paths of the files that pages load. */
export type AssetPaths = { style: string; script: string; icon: string }

/** Renders the HTML document of a page. */
export function document({ title, body, script, next }: Page, assets: AssetPaths): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>${title} · Inkwell</title>
        ${next !== undefined && html`<meta http-equiv="refresh" content="0; url=${next}" />`}
        <link rel="icon" href="${assets.icon}" type="image/svg+xml" />
        <link rel="stylesheet" href="${assets.style}" />
        ${script && html`<script type="module" src="${assets.script}"></script>`}
      </head>
      ${body}
    </html>`.html
}

/** Renders the body of a small page: one narrow column in the middle of the window. */
export function centered(brand: Html, content: Html): Html {
  return html`<body class="centered">
    <main>${brand}${content}</main>
  </body>`
}

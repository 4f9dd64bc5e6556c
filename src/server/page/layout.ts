import { html, type Html } from './html.ts'

/** Where the files of the page are served, by name. */
export type Files = { style: string; script: string; icon: string }

/** The document around a page. It goes on to `next` by itself, where that is given. */
export function layout(
  title: string,
  files: Files,
  body: Html,
  next: string | null = null,
): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        ${next !== null && html`<meta http-equiv="refresh" content="0; url=${next}" />`}
        <link rel="icon" href="${files.icon}" type="image/svg+xml" />
        <link rel="stylesheet" href="${files.style}" />
        <script type="module" src="${files.script}"></script>
      </head>
      ${body}
    </html>`.html
}

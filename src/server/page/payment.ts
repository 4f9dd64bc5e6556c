import { html } from './html.ts'
import { MARK } from './brand.ts'
import { layout, type Files } from './layout.ts'

/**
 * Sends a browser on to a payment page. A redirect would not do: the policy of the page lets its forms lead
 * to this server only.
 */
export function paymentPage(url: string, files: Files): string {
  return layout(
    'Buy credits · Inkwell',
    files,
    html`<body class="sign-in">
      <main>
        <p class="brand">${MARK}<span>Inkwell</span></p>
        <h1>The payment page opens</h1>
        <p><a class="button" href="${url}">Continue to the payment page</a></p>
        <p class="note"><a href="/">Back to your usage</a></p>
      </main>
    </body>`,
    url,
  )
}

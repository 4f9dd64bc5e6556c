/** Headers of content security policy: the only place where one is written. */

/** Pages load files of this server only, and no page of another site can frame them. */
const PAGE = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
]

/** The policy of a page. One without a script may neither run one nor fetch anything. */
export function pagePolicy({ script }: { script: boolean }): string {
  return PAGE.filter((directive) => script || !/^(script|connect)-src/.test(directive)).join('; ')
}

/** The policy of a stored file: whatever it contains, a browser runs nothing of it. */
export const FILE_POLICY = 'sandbox'

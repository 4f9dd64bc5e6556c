/** The Content-Security-Policy headers of all responses. */

const FORMS = "form-action 'self'"

/** Pages load files only from this server, and other sites cannot frame them. */
const PAGE = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "media-src 'self'",
  "connect-src 'self'",
  FORMS,
  "frame-ancestors 'none'",
  "base-uri 'none'",
]

/** Returns the policy of a page. A page without a script may not run scripts, play or fetch anything. */
export function pagePolicy({
  script,
  formTarget = '',
}: {
  script: boolean
  formTarget?: string
}): string {
  return PAGE.filter((directive) => script || !/^(script|connect|media)-src/.test(directive))
    .map((directive) => (directive === FORMS ? `${FORMS} ${formTarget}`.trim() : directive))
    .join('; ')
}

/** The policy of a stored file. A browser runs no code in it. */
export const FILE_POLICY = 'sandbox'

import type { NamedMutant } from './mutant.ts'
import type { Suite } from './mutation.ts'

const FETCH = 'providers/fal/fetch.ts'
const CONTENT = 'providers/fal/read-content.ts'
const IDENTIFY = 'media/identify.ts'

/** The guards between what fal does and what is charged: what was surely never sent, and what was really made. */
export const UPSTREAM_MUTANTS: readonly NamedMutant[] = [
  {
    name: 'every failure of a submit passes for one that was never sent',
    file: FETCH,
    from: 'if (neverConnected(error)) throw error',
    to: 'throw error',
    test: 'unknown',
    by: 'ends in silent after',
  },
  {
    name: 'a submit that was never sent keeps its hold',
    file: FETCH,
    from: 'if (neverConnected(error)) throw error',
    to: '',
    test: 'never-sent',
    by: 'a server that speaks no TLS',
  },
  {
    name: 'a 408 or 409 proves that nothing has begun',
    file: FETCH,
    from: ' && !MAY_HAVE_BEGUN.has(response.status)',
    to: '',
    test: 'never-sent',
    by: 'a 409',
  },
  {
    name: 'any 503 without an id is repeated',
    file: FETCH,
    from: ' && NGINX_PAGE.test(page)',
    to: '',
    test: 'never-sent',
    by: 'a 503 that is empty',
  },
  {
    name: 'a page of the gateway is believed whatever its status is',
    file: FETCH,
    from: 'response.status === 503 && ',
    to: '',
    test: 'never-sent',
    by: 'a 500 with the page',
  },
  {
    name: 'a 503 for a request that has an id is repeated',
    file: FETCH,
    from: " && !response.headers.has('x-fal-request-id')",
    to: '',
    test: 'unknown',
    by: 'ends in a 503 after',
  },
  {
    name: 'a listed model may bring anything',
    file: IDENTIFY,
    from: 'if (fault !== null) throw noOutput(fault)',
    to: '',
    test: 'kinds',
    by: 'words of an image tool',
  },
  {
    name: 'a web page is sold as a file',
    file: IDENTIFY,
    from: 'if (mimeType === HTML && isFile(declaredKind))',
    to: 'if (false)',
    test: 'kinds',
    by: 'a web page in place of a mesh',
  },
  {
    name: 'facts about the work are sold as what it made',
    file: CONTENT,
    from: '!METADATA_FIELDS.has(name) && ',
    to: '',
    test: 'kinds',
    by: 'a text is delivered',
  },
  {
    name: 'what fal made and billed without a file is not delivered',
    file: CONTENT,
    from: 'return content === null ||',
    to: 'return content !== null ||',
    test: 'kinds',
    by: 'a transcript is delivered',
  },
]

/** The suite that is to find each of them. */
export const UPSTREAM_SUITE: Suite<NamedMutant> = {
  room: 'live',
  tests: ['never-sent', 'unknown', 'kinds'],
  testsFor: ({ test }) => [test],
}

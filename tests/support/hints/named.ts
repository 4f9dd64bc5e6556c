/** What a text names that may or may not exist where it is read. */
export type Named = {
  /** Command lines of ours, as they stand. */
  commands: string[]
  /** Environment variables. */
  variables: string[]
  /** Resources of MCP. */
  resources: string[]
  /** Routes of HTTP, such as `/openapi.json`. */
  routes: string[]
  /** Ids of models, and patterns of them such as `local/*`. */
  models: string[]
  /** Pages that a package does not bring along. */
  pages: string[]
  /** Names of tools and of their arguments: words of letters with a capital inside. */
  words: string[]
}

const COMMAND = /`(inkwell[^`]*)`/g
const BARE_COMMAND = /(?<![`\w:/-])inkwell [a-z]+/g
const VARIABLE = /\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g
const RESOURCE = /\b(?:inkwell|ui):\/\/[\w./{}-]*[\w}]/g
const ROUTE = /\b(?:GET|POST|PUT|PATCH|DELETE) (\/[\w./{}-]*)/g
const PAGE = /\bdocs\/[\w-]+\.md\b/g
const WORD = /(?<![\w.])[a-z]+(?:[A-Z][a-z0-9]*)+\b/g
const PATH =
  /(?<![\w./:@-])[a-z0-9][\w.-]*(?:\/[a-z0-9][\w.-]*)*\/(?:\*|[a-z0-9][\w-]*(?:\.\d[\w-]*)?)/g

/** Paths that are no model: types of files, pages of fal.ai for the owner of a key, examples of file names. */
const NO_MODEL = /^(?:image|data|fal\.ai|icons|docs)\//

/** Reads what a text names. */
export function namedIn(text: string): Named {
  const all = (pattern: RegExp): string[] => [
    ...new Set([...text.matchAll(pattern)].map(([whole, part]) => part ?? whole)),
  ]
  return {
    commands: [...all(COMMAND), ...all(BARE_COMMAND)],
    variables: all(VARIABLE),
    resources: all(RESOURCE),
    routes: all(ROUTE),
    models: all(PATH).filter((path) => !NO_MODEL.test(path)),
    pages: all(PAGE),
    words: all(WORD),
  }
}

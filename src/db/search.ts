/**
 * The full-text index of prompts, `prompt_search`, in the words of each engine. It has a row for each generation that
 * completed, and is made of them alone: it can be filled anew at any time.
 */
export type Search = {
  /** What makes the empty index. */
  readonly table: string[]
  /** Indexes every generation that completed; a further condition may follow. */
  readonly fill: string
  /** A condition on the rows of the index, with a query in the place of `?`, and the order in which the best come first. */
  readonly matches: string
  readonly best: string
  /** The query for all of these words, which are letters and digits, and for whatever the last one begins. */
  query(words: readonly string[]): string
}

/** Longest part of a prompt that is searched, in characters: what is larger can be too large for an index. */
const INDEXED_MAX = 10_000

/** An account is a word too, so that the matches of others are not even looked at: see `ownerWord`. */
const OWNER = `replace(generation.account_id, '_', '')`

/** The word that stands for an account in its own rows. It narrows a search; the column `account_id` decides. */
export function ownerWord(accountId: string): string {
  return accountId.replaceAll('_', '')
}

const fill = (prompt: string, wordsOf: (text: string) => string): string =>
  `insert into prompt_search (generation_id, account_id, operation, at, words)
  select generation.id, generation.account_id, hold.operation, generation.finished_at,
    ${wordsOf(`${OWNER} || ' ' || substr(coalesce(${prompt}, ''), 1, ${INDEXED_MAX})`)}
  from generation join hold on hold.id = generation.id
  where generation.status = 'completed'`

/** A request in which `\u` is always an escape: a backslash that is one itself is written as one, too. */
const UNESCAPED = String.raw`replace(generation.request, '\\', '\u005c')`

/** SQLite ends a text at a NUL character. */
const SQLITE_JSON = String.raw`replace(${UNESCAPED}, '\u0000', '')`

/** FTS5: https://www.sqlite.org/fts5.html. Words are cut as PostgreSQL cuts them: at all that is no letter and no digit. */
export const SQLITE_SEARCH: Search = {
  table: [
    `create virtual table prompt_search using fts5(generation_id unindexed, account_id unindexed,
      operation unindexed, at unindexed, words, tokenize = 'unicode61 remove_diacritics 0')`,
  ],
  fill: fill(
    ['$.request.prompt', '$.request.input.prompt', '$.request.input.text']
      .map((path) => `${SQLITE_JSON} ->> '${path}'`)
      .join(', '),
    (text) => text,
  ),
  matches: 'prompt_search match ?',
  best: 'rank',
  query: (words) => `${words.map((word) => `"${word}"`).join(' ')}*`,
}

/** PostgreSQL takes no text with a NUL character or half a character out of JSON. */
const POSTGRES_JSON = String.raw`cast(regexp_replace(${UNESCAPED}, '\\u(0000|d[89a-f][0-9a-f]{2})', '', 'gi') as json)`

/** Without this its parser takes `a/b` for a path and `a.b` for a host: one word. */
const ASCII_PUNCTUATION = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~'
const cut = (text: string): string =>
  `translate(${text}, '${ASCII_PUNCTUATION}''', repeat(' ', ${ASCII_PUNCTUATION.length + 1}))`

/** https://www.postgresql.org/docs/current/textsearch.html: words as they are, of any language. */
export const POSTGRES_SEARCH: Search = {
  table: [
    `create table prompt_search (
      generation_id text primary key,
      account_id text not null,
      operation text not null,
      at bigint not null,
      words tsvector not null
    )`,
    // At once, and not in a list that every search would read until it is put in order.
    'create index prompt_search_words on prompt_search using gin (words) with (fastupdate = off)',
  ],
  fill: fill(
    ['{request,prompt}', '{request,input,prompt}', '{request,input,text}']
      .map((path) => `${POSTGRES_JSON} #>> '${path}'`)
      .join(', '),
    (text) => `to_tsvector('simple', ${cut(text)})`,
  ),
  matches: `words @@ to_tsquery('simple', ?)`,
  best: `ts_rank(words, to_tsquery('simple', ?)) desc`,
  query: (words) => `${words.map((word) => `'${word}'`).join(' & ')}:*`,
}

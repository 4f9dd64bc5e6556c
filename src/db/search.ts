/**
 * The SQL of the full-text index of prompts, `prompt_search`, for one engine. The index has one row for each completed
 * generation and contains nothing else, so it can be rebuilt at any time.
 */
export type Search = {
  /** Creates the empty index. */
  readonly table: string[]
  /** Indexes every completed generation. An `and …` condition may be added. */
  readonly fill: string
  /** Condition for the rows that match; `?` is the result of `query`. */
  readonly matches: string
  /** Sort order that puts the best matches first. */
  readonly best: string
  /** Returns the query for rows with all of these words (letters and digits). The last one matches as a prefix. */
  query(words: readonly string[]): string
}

/** Only this many characters of a prompt are indexed: a longer text can exceed the limits of an index. */
const INDEXED_MAX = 10_000

/** The account is an indexed word too, so that a search does not read the matches of other accounts: see `ownerWord`. */
const OWNER = `replace(generation.account_id, '_', '')`

/** Returns the word for an account in its rows. It makes a search faster; the check of `account_id` makes it correct. */
export function ownerWord(accountId: string): string {
  return accountId.replaceAll('_', '')
}

const fill = (prompt: string, wordsOf: (text: string) => string): string =>
  `insert into prompt_search (generation_id, account_id, operation, at, words)
  select generation.id, generation.account_id, hold.operation, generation.finished_at,
    ${wordsOf(`${OWNER} || ' ' || substr(coalesce(${prompt}, ''), 1, ${INDEXED_MAX})`)}
  from generation join hold on hold.id = generation.id
  where generation.status = 'completed'`

/** The request with each escaped backslash written as a `\u` escape. Then every `\u` in it begins an escape. */
const UNESCAPED = String.raw`replace(generation.request, '\\', '\u005c')`

/** The request without NUL characters: SQLite ends a text at one. */
const SQLITE_JSON = String.raw`replace(${UNESCAPED}, '\u0000', '')`

/** FTS5: https://www.sqlite.org/fts5.html. Words end at any character that is no letter or digit, as on PostgreSQL. */
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

/** The request without NUL characters and surrogates: PostgreSQL rejects JSON text that has them. */
const POSTGRES_JSON = String.raw`cast(regexp_replace(${UNESCAPED}, '\\u(0000|d[89a-f][0-9a-f]{2})', '', 'gi') as json)`

/** Replaced by spaces, because the parser takes `a/b` for a path and `a.b` for a host: one word. */
const ASCII_PUNCTUATION = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~'
const cut = (text: string): string =>
  `translate(${text}, '${ASCII_PUNCTUATION}''', repeat(' ', ${ASCII_PUNCTUATION.length + 1}))`

/** https://www.postgresql.org/docs/current/textsearch.html: the words of any language, without stemming. */
export const POSTGRES_SEARCH: Search = {
  table: [
    `create table prompt_search (
      generation_id text primary key,
      account_id text not null,
      operation text not null,
      at bigint not null,
      words tsvector not null
    )`,
    // Without fastupdate: no pending list that every search would have to read.
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

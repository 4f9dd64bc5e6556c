/** What a prompt wants written, and the rest of it. */
export type Wording = {
  /** Texts in quotation marks or announced as text. */
  texts: string[]
  /** Letters of a monogram: "letter K", "initials ML". */
  initials: string | null
  /** What a thing is called: "a company called Northwind". */
  name: string | null
  /** The prompt without any of these. */
  rest: string
}

const QUOTES = [
  /"[^"]*"/g,
  /“[^”]*”/g,
  /„[^“”]*[“”]/g,
  /«[^»]*»/g,
  /「[^」]*」/g,
  /『[^』]*』/g,
  /‘[^‘]*?’(?!\p{L})/gu,
  // An apostrophe opens a quotation only where no letter stands before it.
  /(?<=^|[\s(:,])'[^'\n]*(?:'\p{L}+[^'\n]*)*'(?!\p{L})/gu,
]

/** Words after which a text stands without quotation marks, as long as its words begin with a capital. */
const ANNOUNCED =
  /\b(?:text|headline|title|caption|tagline|saying|says|reading|reads)\s*:?\s+(\p{Lu}[\p{L}\p{N}'’&-]*(?:\s+(?:\p{Lu}|\p{N})[\p{L}\p{N}'’&-]*)*[!?]?)/u
const CALLED =
  /\b(?:called|named)\s+([\p{L}\p{N}][\p{L}\p{N}'’&.-]*(?:\s+\p{Lu}[\p{L}\p{N}'’&-]*){0,2})/u
const NAMED_FOR =
  /\b(?:for|of)\s+(\p{Lu}\p{Ll}[\p{L}\p{N}'’&-]*(?:\s+\p{Lu}\p{Ll}[\p{L}\p{N}'’&-]*){0,2})(?=\s*(?:$|[,.;]))/u

const INITIALS = [
  /\b(?:letters?|initials?|monogram|lettermark)(?:\s+(?:logo|icon|mark|of))*\s+((?:[A-Z]\.?\s?&?\s?){1,3})(?![\p{L}])/u,
  /\b(?:letter)\s+([a-z0-9])\b/iu,
  /\b(?:initials?)\s+([a-z]{1,3})\b(?!\s+[a-z]+s\b)/u,
  /\b([A-Z]{1,3})\s+(?:initials?|monogram|lettermark|letter)\b/u,
]

/** Finds the words that are meant as letters in the picture. */
export function readWording(prompt: string): Wording {
  const texts: string[] = []
  let rest = prompt
  const take = (pattern: RegExp) => {
    rest = rest.replace(pattern, (quote) => {
      texts.push(quote.slice(1, -1).replaceAll(/\s+/g, ' ').trim())
      return ' , '
    })
  }
  for (const pattern of QUOTES) take(pattern)
  const inOrder = texts.filter((text) => text !== '').toSorted(byPlace(prompt))
  const takeWord = (pattern: RegExp): string | null => {
    const found = pattern.exec(rest)?.[1]?.trim()
    if (found === undefined) return null
    // The words before it may say what the picture is: "monogram logo AB".
    rest = rest.replace(pattern, (match) => match.replace(found, ' , '))
    return found
  }
  const initials = INITIALS.map(takeWord).find((found) => found !== null) ?? null
  const announced = takeWord(ANNOUNCED)
  return {
    texts: announced === null ? inOrder : [...inOrder, announced],
    initials: initials?.replaceAll(/[.\s]/g, '').toUpperCase() ?? null,
    name: takeWord(CALLED) ?? takeWord(NAMED_FOR),
    rest,
  }
}

function byPlace(prompt: string): (one: string, other: string) => number {
  const plain = prompt.replaceAll(/\s+/g, ' ')
  return (one, other) => plain.indexOf(one) - plain.indexOf(other)
}

/** The first letters of a name: "Northwind" is N, "Blue Bottle" is BB. */
export function initialsOf(name: string): string {
  const words = name.split(/[\s-]+/).filter((word) => /^[\p{L}\p{N}]/u.test(word))
  return words
    .slice(0, 2)
    .map((word) => Array.from(word)[0]?.toUpperCase() ?? '')
    .join('')
}

/** What a placeholder says: the prompt, at most about sixty characters of it. */
export function labelOf(prompt: string): string {
  const plain = prompt.replaceAll(/\s+/g, ' ').trim()
  const letters = Array.from(plain)
  if (letters.length <= LABEL_MAX) return plain
  const cut = letters.slice(0, LABEL_MAX).join('')
  return `${cut.includes(' ') ? cut.slice(0, cut.lastIndexOf(' ')) : cut}…`
}

const LABEL_MAX = 60

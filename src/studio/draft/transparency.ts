/** Nouns for what is behind a subject. */
const GROUND = '(?:back\\s?-?ground|backdrop|bg)s?'

/** Every way to ask for a clear background that we know of. */
const WISHES = [
  // "with a transparent background", "transparent png", "background: transparent", "png with transparency"
  `(?:fully |completely )?transparent(?: ${GROUND}| png| webp)?`,
  `${GROUND}\\s*[:=-]?\\s*(?:transparent|none|clear|removed)`,
  'with transparency',
  'transparency',
  // "no background", "without a background", "remove the background", "doesn't have a background"
  `(?:no|zero|without(?: (?:an?|any|the))?|minus(?: the)?|free of(?: any)?|not? ha(?:ve|s)(?: an?)?|n['’]t have(?: an?)?) ${GROUND}`,
  `(?:remov(?:e|ed|ing)|strip(?:ped)?|delete|drop)(?: the| any)? ${GROUND}`,
  `${GROUND}[- ]?(?:less|free|removed)`,
  `(?:clear|see[- ]?through|invisible|empty) ${GROUND}`,
  'see[- ]?through',
  // "alpha channel", "png with alpha", "rgba"
  'alpha(?![- ](?:release|version|test|testing|male|wolf|bank|team|program|users?|build))(?: channel| ground| mask| layer| background)?',
  'rgba',
  // "cut out", "die cut sticker", "isolated", but not "isolated on white" and not "paper cut-out"
  '(?<!paper[- ])cut[- ]?outs?',
  'die[- ]?cut',
  'knock(?:ed)?[- ]?out',
  'isolated(?! on)(?: (?:object|subject))?',
  // Other languages
  'transparenter? hintergrund|ohne hintergrund|freigestellt',
  'fond transparent|sans (?:arri[eè]re-)?fond',
  'fondo transparente|sin fondo|fundo transparente|sem fundo|sfondo trasparente|senza sfondo',
  'прозрачн\\p{L}+(?: фон\\p{L}*)?|без фона',
  '透明(?:な)?(?:背景|底|の背景)?|无背景|無背景|免抠|背景透過|背景なし|背景無し',
  'خلفية شفافة|بدون خلفية|شفاف[ةه]?',
  '투명\\s?(?:한\\s?)?배경|배경\\s?(?:없음|없이|투명)',
] as const

const REFUSED = new RegExp(
  `(?:\\b(?:not|non|isn['’]t|no|without)[- ]+(?:an? )?transparen\\p{L}*|\\bopaque)(?: ${GROUND})?`,
  'giu',
)
const WISHED = new RegExp(
  `(?<![\\p{L}\\p{N}])(?:(?:with|on|has|and|in) )?(?:an? |the )?(?:${WISHES.join('|')})(?![\\p{L}\\p{N}])`,
  'giu',
)

/** Whether a prompt asks for a clear background, and the prompt without the words for it. */
export function readTransparency(prompt: string): { isTransparent: boolean; rest: string } {
  const asked = prompt.replaceAll(REFUSED, ' ')
  const rest = asked.replaceAll(WISHED, ' , ')
  return { isTransparent: rest !== asked, rest }
}

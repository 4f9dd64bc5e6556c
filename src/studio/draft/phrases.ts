/**
 * Groups of words that mean something else than their words, and what is read in their place. They are applied in this
 * order, before any single word is looked at.
 */
const PHRASES: readonly (readonly [RegExp, string])[] = [
  [/\bopen[- ]graph\b/gi, 'og'],
  [/\b(?:profile|account) (?:picture|pic|photo|image|icon)s?\b/gi, 'avatar'],
  [/\b(?:in |for )?(?:a )?(dark|light)[- ](?:mode|theme|themed|ui|variant|version)\b/gi, 'on $1'],
  [/\b(?:on|over|against) an? (?=[\p{L}#])/giu, 'on '],
  [/\b(dark|light) (?=(?:back ?ground|backdrop|bg|canvas)\b)/gi, 'on $1 '],
  [/\bon on\b/gi, 'on'],
  [/\bbg\b/gi, 'background'],
  [/\b(?:line[- ]?art|line style|thin lines?|hairline|mono-?line)\b/gi, 'outline'],
  [/\bline(?:ar)? icon/gi, 'outline icon'],
  [/\b(?:flat|simple|spot|vector)[- ](?:illustration|drawing)\b/gi, 'illustration'],
  [/\b(?:flat) (?:style|design|icon|vector)\b/gi, 'vector'],
  [/\bempty[- ]state\b/gi, 'empty state illustration'],
  [/\b(?:error|404|not found) page\b/gi, '404 illustration'],
  [/\b(?:no|zero) (?:search )?results?\b(?: found)?|\bnothing found\b/gi, 'no results'],
  [/\bno (?:new |unread )?(?:messages?|e-?mails?|mails?)\b/gi, 'no messages'],
  [/\b(?:no (?:internet|network)(?: connection)?|no connection|offline)\b/gi, 'no internet'],
  [/\b(?:note|notes)[- ]?(?:taking|app|maker)\b/gi, 'note taking'],
  [/\bto-?do(?:s| list| app)?\b/gi, 'to do'],
  [
    /\b(?:lots of |plenty of |with |enough |some )*(?:space|room) for (?:the |a )?\p{L}+|\b(?:negative|copy|white) space\b/giu,
    ' , ',
  ],
  [/로고|شعار|логотип|ロゴ|标志|標誌|\blogotipo\b/giu, ' logo '],
  [/아이콘|أيقونة|иконка|значок|アイコン|图标|圖標|\b(?:icône|icono|ícone|icona)\b/giu, ' icon '],
  [/배너|横幅|橫幅|バナー|بانر|баннер|\b(?:bannière|bandera)\b/giu, ' banner '],
  [/\b(?:hand-?shaking|shaking hands|shake hands|hand shakes?)\b/gi, 'handshake'],
  [/\b(?:machine learning|artificial intelligence|neural network)\b/gi, 'ai brain'],
]

/** Reads groups of words before words: "note taking" is neither a note of music nor taken. */
export function readPhrases(prompt: string): string {
  return PHRASES.reduce((text, [pattern, meaning]) => text.replaceAll(pattern, meaning), prompt)
}

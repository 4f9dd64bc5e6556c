/**
 * Prompts as agents send them, each with what must be true of its picture. `npm run gallery` draws the sheets of
 * docs/gallery from this table.
 */
export type DraftPrompt = {
  prompt: string
  /** Width and height in pixels. */
  size: readonly [number, number]
  /** Words that the result says it honoured. */
  says: readonly string[]
  /** What is clear: the corners around a tile, or everything around a drawing. Otherwise nothing is. */
  clear?: 'corners' | 'ground'
  /** Colours that cover at least this share of the picture. */
  colors?: Readonly<Record<string, number>>
  /** The colour of text that must be there, and readable. */
  ink?: '#ffffff' | '#14172b' | '#ffd700'
  /** A backdrop or a texture, which need not have an edge. */
  isSoft?: true
}

const HERO = [480, 270] as const
const ICON = [256, 256] as const
const OG = [480, 252] as const
const AVATAR = [192, 192] as const
const STATE = [360, 270] as const
const TEXTURE = [300, 225] as const
const FAVICON = [64, 64] as const
const BANNER = [600, 200] as const

export const DRAFT_PROMPTS: readonly DraftPrompt[] = [
  {
    prompt: 'Hero image for a SaaS landing page, abstract gradient, purple and blue, modern',
    size: HERO,
    says: ['gradient', 'purple', 'blue'],
    isSoft: true,
  },
  {
    prompt: 'Hero banner for a note taking app, clean and minimal, light background',
    size: HERO,
    says: ['note taking', 'light', 'minimal'],
    colors: { '#f5f6f8': 0.3 },
  },
  {
    prompt: 'Website hero background, dark, subtle grid, futuristic',
    size: HERO,
    says: ['grid', 'dark', 'futuristic'],
  },
  {
    prompt: 'Hero illustration of two people shaking hands, flat style',
    size: HERO,
    says: ['handshake', 'illustration'],
  },
  {
    prompt: 'Hero image for a coffee shop website, warm tones',
    size: HERO,
    says: ['coffee shop', 'warm'],
  },
  {
    prompt: 'dark mode hero background with glowing orbs, teal and violet',
    size: HERO,
    says: ['orbs', 'teal', 'violet', 'dark'],
  },
  {
    prompt: 'Hero section background for a fintech startup, dark navy with gold accents',
    size: HERO,
    says: ['dark navy', 'gold'],
  },
  {
    prompt: 'mountain landscape hero at dawn with the headline "Go further"',
    size: HERO,
    says: ['mountain', 'dawn', 'text'],
  },
  { prompt: 'note taking app icon', size: ICON, says: ['note taking', 'icon'], clear: 'corners' },
  {
    prompt: 'yellow lightning bolt on dark background, app icon',
    size: ICON,
    says: ['lightning bolt', 'yellow', 'dark'],
    clear: 'corners',
    colors: { '#fbcb2d': 0.03, '#14171f': 0.3 },
  },
  { prompt: 'icon of shaking hands', size: ICON, says: ['handshake', 'icon'], clear: 'corners' },
  {
    prompt: 'simple settings icon, line style, transparent background',
    size: ICON,
    says: ['settings', 'outline', 'transparent background'],
    clear: 'ground',
  },
  {
    prompt: 'App icon for a meditation app called Stillwater, calming blue',
    size: ICON,
    says: ['meditation', 'blue', 'icon'],
    clear: 'corners',
  },
  { prompt: 'icon for a kanban tool', size: ICON, says: ['kanban', 'icon'], clear: 'corners' },
  {
    prompt: 'App icon, letter K, purple gradient',
    size: ICON,
    says: ['initials', 'purple', 'gradient'],
    clear: 'corners',
    ink: '#ffffff',
  },
  {
    prompt: 'shopping cart icon, white on blue',
    size: ICON,
    says: ['shopping cart', 'white', 'blue'],
    clear: 'corners',
    colors: { '#ffffff': 0.03, '#2563eb': 0.3 },
  },
  {
    prompt: 'icon for a crypto wallet, dark',
    size: ICON,
    says: ['crypto wallet', 'dark'],
    clear: 'corners',
  },
  {
    prompt: 'icon representing synergy',
    size: ICON,
    says: ['icon'],
    clear: 'corners',
    ink: '#ffffff',
  },
  {
    prompt: 'red heart icon png with transparency',
    size: ICON,
    says: ['red heart', 'transparent background'],
    clear: 'ground',
  },
  {
    prompt: 'Open Graph image with title "How we cut our build times by 80%", dark background',
    size: OG,
    says: ['text', 'dark'],
    ink: '#ffffff',
  },
  {
    prompt: 'OG image for blog post "Understanding Rust Lifetimes", orange accents',
    size: OG,
    says: ['text', 'orange'],
    ink: '#ffffff',
  },
  {
    prompt: 'social share card, "Inkwell" "Images for agents", dark blue to purple gradient',
    size: OG,
    says: ['text', 'dark blue', 'purple'],
    ink: '#ffffff',
  },
  { prompt: 'twitter card for a weather api', size: OG, says: ['weather'] },
  { prompt: 'blog cover about database indexing, green', size: OG, says: ['database', 'green'] },
  {
    prompt: "OG image for 'Ten lessons from scaling Postgres', geometric pattern",
    size: OG,
    says: ['text', 'geometric'],
    ink: '#ffffff',
  },
  {
    prompt: 'avatar with initials ML, teal',
    size: AVATAR,
    says: ['initials', 'teal', 'avatar'],
    ink: '#ffffff',
  },
  {
    prompt: 'user avatar placeholder, gray',
    size: AVATAR,
    says: ['avatar', 'gray'],
    colors: { '#808080': 0.8 },
  },
  { prompt: 'profile picture of a friendly robot', size: AVATAR, says: ['robot', 'avatar'] },
  {
    prompt: 'avatar for a bot named Zephyr, geometric',
    size: AVATAR,
    says: ['geometric', 'avatar'],
  },
  {
    prompt: 'round avatar of a woman with glasses, flat illustration',
    size: AVATAR,
    says: ['woman', 'avatar'],
    clear: 'corners',
  },
  {
    prompt: 'team avatar "JD" on pastel pink',
    size: AVATAR,
    says: ['text', 'pastel pink', 'avatar'],
    ink: '#14172b',
  },
  { prompt: 'empty state illustration for no messages', size: STATE, says: ['no messages'] },
  {
    prompt: 'empty state, no search results, minimal line art',
    size: STATE,
    says: ['no results', 'outline'],
  },
  {
    prompt: '404 page illustration, lost astronaut',
    size: STATE,
    says: ['astronaut', 'illustration'],
    ink: '#ffffff',
  },
  {
    prompt: 'empty shopping cart illustration, soft pastel',
    size: STATE,
    says: ['shopping cart', 'pastel'],
  },
  { prompt: 'no internet connection illustration', size: STATE, says: ['no internet'] },
  { prompt: 'illustration of quarterly synergy alignment', size: STATE, says: [] },
  {
    prompt: 'logo for a company called Northwind, minimal',
    size: ICON,
    says: ['logo', 'name'],
    ink: '#14172b',
    colors: { '#ffffff': 0.5 },
  },
  {
    prompt: 'minimalist logo letter K on white',
    size: ICON,
    says: ['initials', 'white', 'logo'],
    ink: '#14172b',
  },
  {
    prompt: 'logo for a bakery, warm colors, transparent background',
    size: ICON,
    says: ['bakery', 'transparent background'],
    clear: 'ground',
  },
  {
    prompt: 'coffee shop logo without background',
    size: ICON,
    says: ['coffee shop', 'transparent background'],
    clear: 'ground',
  },
  {
    prompt: 'monogram logo AB, black and gold',
    size: ICON,
    says: ['initials', 'black', 'gold'],
    clear: 'corners',
    ink: '#ffd700',
    colors: { '#000000': 0.4 },
  },
  { prompt: 'logo for Quibblr, playful', size: ICON, says: ['logo', 'name'], ink: '#14172b' },
  { prompt: 'wood texture, seamless', size: TEXTURE, says: ['wood', 'seamless'], isSoft: true },
  {
    prompt: 'concrete texture background, light gray',
    size: TEXTURE,
    says: ['concrete', 'light gray'],
    isSoft: true,
  },
  {
    prompt: 'noise texture, subtle grain, dark',
    size: TEXTURE,
    says: ['noise', 'grain', 'dark'],
    isSoft: true,
  },
  { prompt: 'old paper texture, cream', size: TEXTURE, says: ['paper', 'cream'], isSoft: true },
  { prompt: 'brushed metal texture', size: TEXTURE, says: ['metal'], isSoft: true },
  { prompt: 'linen fabric texture, beige', size: TEXTURE, says: ['linen', 'beige'], isSoft: true },
  {
    prompt: 'favicon letter K, blue',
    size: FAVICON,
    says: ['initials', 'blue', 'favicon'],
    clear: 'corners',
  },
  {
    prompt: 'favicon of a leaf, green, alpha channel',
    size: FAVICON,
    says: ['leaf', 'green', 'transparent background'],
    clear: 'ground',
  },
  {
    prompt: 'favicon, rocket, no background',
    size: FAVICON,
    says: ['rocket', 'transparent background'],
    clear: 'ground',
  },
  {
    prompt: 'Banner mit dem Text "Sommerschlussverkauf", yellow and red',
    size: BANNER,
    says: ['text', 'yellow', 'red'],
    ink: '#14172b',
  },
  {
    prompt: 'bannière "Soldes d’été" dégradé bleu, blue gradient',
    size: BANNER,
    says: ['text', 'blue'],
    ink: '#ffffff',
  },
  {
    prompt: 'баннер «Летняя распродажа», teal',
    size: BANNER,
    says: ['text', 'teal'],
    ink: '#ffffff',
  },
  {
    prompt: '横幅 “春季新品发布”, red and gold',
    size: BANNER,
    says: ['text', 'red', 'gold'],
    ink: '#14172b',
  },
  {
    prompt: 'バナー「夏のセール開催中」, ocean',
    size: BANNER,
    says: ['text', 'ocean'],
    ink: '#14172b',
  },
  {
    prompt: 'بانر "تخفيضات الصيف", purple gradient',
    size: BANNER,
    says: ['text', 'purple'],
    ink: '#ffffff',
  },
  {
    prompt: 'dark variant of a hexagon pattern background, charcoal and cyan',
    size: HERO,
    says: ['hexagon', 'charcoal', 'cyan', 'dark'],
  },
  {
    prompt: 'dark starry night banner "Launch week" with a rocket',
    size: BANNER,
    says: ['text', 'rocket', 'night'],
    ink: '#ffffff',
  },
]

/**
 * Prompts as agents send them, each with what must be true of its picture. `npm run gallery` draws the sheets of
 * docs/gallery from this table.
 */
export type DraftPrompt = {
  prompt: string
  /** Width and height in pixels. */
  size: readonly [number, number]
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
  },
  { prompt: 'Hero banner for a note taking app, clean and minimal, light background', size: HERO },
  { prompt: 'Website hero background, dark, subtle grid, futuristic', size: HERO },
  { prompt: 'Hero illustration of two people shaking hands, flat style', size: HERO },
  { prompt: 'Hero image for a coffee shop website, warm tones', size: HERO },
  { prompt: 'dark mode hero background with glowing orbs, teal and violet', size: HERO },
  {
    prompt: 'Hero section background for a fintech startup, dark navy with gold accents',
    size: HERO,
  },
  { prompt: 'mountain landscape hero at dawn with the headline "Go further"', size: HERO },
  { prompt: 'note taking app icon', size: ICON },
  { prompt: 'yellow lightning bolt on dark background, app icon', size: ICON },
  { prompt: 'icon of shaking hands', size: ICON },
  { prompt: 'simple settings icon, line style, transparent background', size: ICON },
  { prompt: 'App icon for a meditation app called Stillwater, calming blue', size: ICON },
  { prompt: 'icon for a kanban tool', size: ICON },
  { prompt: 'App icon, letter K, purple gradient', size: ICON },
  { prompt: 'shopping cart icon, white on blue', size: ICON },
  { prompt: 'icon for a crypto wallet, dark', size: ICON },
  { prompt: 'icon representing synergy', size: ICON },
  { prompt: 'red heart icon png with transparency', size: ICON },
  {
    prompt: 'Open Graph image with title "How we cut our build times by 80%", dark background',
    size: OG,
  },
  { prompt: 'OG image for blog post "Understanding Rust Lifetimes", orange accents', size: OG },
  {
    prompt: 'social share card, "Inkwell" "Images for agents", dark blue to purple gradient',
    size: OG,
  },
  { prompt: 'twitter card for a weather api', size: OG },
  { prompt: 'blog cover about database indexing, green', size: OG },
  { prompt: "OG image for 'Ten lessons from scaling Postgres', geometric pattern", size: OG },
  { prompt: 'avatar with initials ML, teal', size: AVATAR },
  { prompt: 'user avatar placeholder, gray', size: AVATAR },
  { prompt: 'profile picture of a friendly robot', size: AVATAR },
  { prompt: 'avatar for a bot named Zephyr, geometric', size: AVATAR },
  { prompt: 'round avatar of a woman with glasses, flat illustration', size: AVATAR },
  { prompt: 'team avatar "JD" on pastel pink', size: AVATAR },
  { prompt: 'empty state illustration for no messages', size: STATE },
  { prompt: 'empty state, no search results, minimal line art', size: STATE },
  { prompt: '404 page illustration, lost astronaut', size: STATE },
  { prompt: 'empty shopping cart illustration, soft pastel', size: STATE },
  { prompt: 'no internet connection illustration', size: STATE },
  { prompt: 'illustration of quarterly synergy alignment', size: STATE },
  { prompt: 'logo for a company called Northwind, minimal', size: ICON },
  { prompt: 'minimalist logo letter K on white', size: ICON },
  { prompt: 'logo for a bakery, warm colors, transparent background', size: ICON },
  { prompt: 'coffee shop logo without background', size: ICON },
  { prompt: 'monogram logo AB, black and gold', size: ICON },
  { prompt: 'logo for Quibblr, playful', size: ICON },
  { prompt: 'wood texture, seamless', size: TEXTURE },
  { prompt: 'concrete texture background, light gray', size: TEXTURE },
  { prompt: 'noise texture, subtle grain, dark', size: TEXTURE },
  { prompt: 'old paper texture, cream', size: TEXTURE },
  { prompt: 'brushed metal texture', size: TEXTURE },
  { prompt: 'linen fabric texture, beige', size: TEXTURE },
  { prompt: 'favicon letter K, blue', size: FAVICON },
  { prompt: 'favicon of a leaf, green, alpha channel', size: FAVICON },
  { prompt: 'favicon, rocket, no background', size: FAVICON },
  { prompt: 'Banner mit dem Text "Sommerschlussverkauf", yellow and red', size: BANNER },
  { prompt: 'bannière "Soldes d’été" dégradé bleu, blue gradient', size: BANNER },
  { prompt: 'баннер «Летняя распродажа», teal', size: BANNER },
  { prompt: '横幅 “春季新品发布”, red and gold', size: BANNER },
  { prompt: 'バナー「夏のセール開催中」, ocean', size: BANNER },
  { prompt: 'بانر "تخفيضات الصيف", purple gradient', size: BANNER },
  { prompt: 'dark variant of a hexagon pattern background, charcoal and cyan', size: HERO },
  { prompt: 'dark starry night banner "Launch week" with a rocket', size: BANNER },
]

import * as z from 'zod'
import { readJsonAsset } from '../core/assets.ts'

/** A drawing as SVG markup for a square view box of `size` units. */
export type Icon = {
  name: string
  body: string
  size: number
  /** Drawn in lines of one colour, `currentColor`. */
  isLines: boolean
}

/** Drawings by the words people use for them. */
export type Icons = {
  /** A drawing in full colour (Microsoft's Fluent Emoji, MIT); null where there is none. */
  picture(words: string): Icon | null
  /** A drawing in lines of the current colour (Lucide, ISC); null where there is none. */
  outline(words: string): Icon | null
}

const IconFile = z.object({
  icons: z.record(z.string(), z.object({ body: z.string() })),
  width: z.number(),
})
type IconFile = z.infer<typeof IconFile>

let loading: Promise<Icons> | undefined

/** Loads both sets, once (about 60 ms). */
export function loadIcons(): Promise<Icons> {
  loading ??= load()
  return loading
}

async function load(): Promise<Icons> {
  const [pictures, outlines] = await Promise.all(
    ['@iconify-json/fluent-emoji-flat', '@iconify-json/lucide'].map(async (name) =>
      IconFile.parse(await readJsonAsset(name, 'icons.json')),
    ) as [Promise<IconFile>, Promise<IconFile>],
  )
  return {
    picture: (words) => find(pictures, words, PICTURE_NAMES, false),
    outline: (words) => find(outlines, words, OUTLINE_NAMES, true),
  }
}

type Names = ReadonlyMap<string, string>

function find(
  { icons, width }: IconFile,
  words: string,
  names: Names,
  isLines: boolean,
): Icon | null {
  for (const word of [words, singular(words)]) {
    for (const name of [names.get(word), word]) {
      if (name === undefined || NO_THING.has(word) || !Object.hasOwn(icons, name)) continue
      const icon = icons[name]
      if (icon !== undefined) return { name, body: icon.body, size: width, isLines }
    }
  }
  return null
}

function singular(word: string): string {
  if (/(?:s|x|z|ch|sh)es$/.test(word)) return word.slice(0, -2)
  return word.replace(/ies$/, 'y').replace(/(?<=[^s])s$/, '')
}

/** Names of drawings that are words of another meaning in a prompt. */
const NO_THING = new Set(
  `ok new free cool up soon back end on top one two type text letter-text square circle triangle hexagon
   component frame group ungroup section space ratio proportions blend grid-3x3 contrast crop focus app-window
   brand name product page style line option component-2 expand shrink move minimize maximize plus minus equal
   slash dot infinity-2 pipette badge badge-check id no-entry image images picture-in-picture scan view fullscreen
   glasses-2 tool landing build work paid pen-line align-center underline bold italic quote list table sheet`.split(
    /\s+/,
  ),
)

/** What people say for a picture that has another name. */
const PICTURE_NAMES = pairs(`
  apple red-apple; bee honeybee; bike bicycle; book closed-book; bottle baby-bottle; box package;
  bulb light-bulb; idea light-bulb; lightbulb light-bulb; lamp light-bulb; burger hamburger;
  cake birthday-cake; calendar tear-off-calendar; car automobile; chart bar-chart; analytics bar-chart;
  note-taking spiral-notepad; notepad spiral-notepad; to-do clipboard; no-messages open-mailbox-with-lowered-flag;
  inbox open-mailbox-with-lowered-flag; no-results magnifying-glass-tilted-left; no-notifications bell-with-slash;
  coffee-shop hot-beverage; cafe hot-beverage; bakery croissant; baker croissant; pastry croissant; cow cow-face;
  horse horse-face; monkey monkey-face; mouse mouse-face; pig pig-face; rabbit rabbit-face; bunny rabbit-face;
  tiger tiger-face; ai-brain brain; ai robot; chatbot robot; assistant robot; lightning-bolt high-voltage;
  thunderbolt high-voltage; flame fire; crypto coin; bitcoin coin; banking bank; law balance-scale;
  legal balance-scale; launch rocket; learning graduation-cap; education graduation-cap; school graduation-cap;
  restaurant fork-and-knife-with-plate; food fork-and-knife-with-plate; photography camera; writing memo; blog memo;
  recipe cooking; delivery delivery-truck; real-estate house;
  medical stethoscope; doctor health-worker; bug lady-beetle; empty-cart shopping-cart;
  bearded-man man-beard; beard man-beard; checkmark check-mark-button; tick check-mark-button; check check-mark-button;
  success check-mark-button; done check-mark-button; error cross-mark; failure cross-mark; failed cross-mark;
  alert warning; sword crossed-swords; wallet purse;
  chat speech-balloon; message speech-balloon; cheese cheese-wedge; clock mantelpiece-clock;
  coffee hot-beverage; tea teacup-without-handle; computer laptop; cup hot-beverage; mug hot-beverage;
  diamond gem-stone; gem gem-stone; dog dog-face; puppy dog-face; cat cat-face; kitten cat-face;
  drink tropical-drink; cocktail cocktail-glass; earth globe-showing-europe-africa;
  globe globe-showing-europe-africa; planet ringed-planet; saturn ringed-planet; email e-mail; mail e-mail;
  flower tulip; folder file-folder; gift wrapped-gift; present wrapped-gift; glass tumbler-glass;
  hand waving-hand; heart red-heart; love red-heart; home house; hourglass hourglass-done; island desert-island;
  leaf leaf-fluttering-in-wind; lightning high-voltage; bolt high-voltage; lock locked; security locked;
  lion lion; map world-map; medal sports-medal; mic studio-microphone; podcast studio-microphone;
  microphone studio-microphone; money money-bag; finance money-bag; moon crescent-moon;
  motorbike motorcycle; movie movie-camera; film movie-camera; music musical-notes; note musical-note;
  notes spiral-notepad; owl owl; paint artist-palette; palette artist-palette; palm palm-tree;
  phone mobile-phone; smartphone mobile-phone; photo-camera camera; plane airplane; plant potted-plant;
  police police-officer; rainbow rainbow; rose rose; save floppy-disk; search magnifying-glass-tilted-left;
  magnifier magnifying-glass-tilted-left; settings gear; shield shield; shirt t-shirt; shoe running-shoe;
  sneaker running-shoe; shopping shopping-cart; cart shopping-cart; smiley smiling-face;
  snowflake snowflake; soccer soccer-ball; football soccer-ball; sofa couch-and-lamp; couch couch-and-lamp;
  spaceship flying-saucer; ufo flying-saucer; target bullseye; tractor tractor; train locomotive;
  tree deciduous-tree; pine evergreen-tree; trophy trophy; truck delivery-truck; tv television;
  user bust-in-silhouette; wave water-wave; weather sun-behind-cloud; wine wine-glass; world globe-showing-europe-africa;
  art artist-palette; fitness person-lifting-weights; gym person-lifting-weights; health stethoscope;
  meditation person-in-lotus-position; yoga person-in-lotus-position; news newspaper; travel airplane;
  game video-game; gaming video-game; water droplet; drop droplet; pencil pencil; todo clipboard;
  egg egg; fries french-fries; helicopter helicopter; ice-cream soft-ice-cream; pumpkin jack-o-lantern;
  halloween jack-o-lantern; christmas christmas-tree; party party-popper; celebration party-popper;
  lemon lemon; lipstick lipstick; mushroom mushroom; octopus octopus; panda panda; whale spouting-whale`)

/** The same for outlines. */
const OUTLINE_NAMES = pairs(`
  no-internet wifi-off; no-messages mail-open; no-results search-x; no-notifications bell-off; inbox inbox;
  note-taking notebook-pen; to-do list-checks; notes notebook-text; crypto-wallet wallet; kanban square-kanban;
  api braces; weather-api cloud-sun; blockchain blocks; ai-brain brain; ai sparkles; lightning-bolt zap;
  shopping-cart shopping-cart; handshake handshake; bakery croissant; coffee-shop coffee; cafe coffee;
  team users; finance chart-candlestick; fintech chart-candlestick; devops infinity; pipeline workflow;
  automation workflow; payment credit-card; payments credit-card; invoice receipt-text; billing receipt-text;
  home house; location map-pin; pin map-pin; profile user; person user; people users; team users;
  close x; delete trash-2; trash trash-2; edit pencil; chart chart-column; analytics chart-column;
  email mail; envelope mail; cart shopping-cart; money banknote; card credit-card; photo image; picture image;
  video video; music music; mic mic; microphone mic; chat message-circle; message message-circle; phone phone;
  mobile smartphone; light lightbulb; bulb lightbulb; idea lightbulb; lightning zap; bolt zap; electricity zap;
  security shield; car car; plane plane; airplane plane; tree tree-deciduous; book book-open; time clock;
  gear settings; cog settings; love heart; like thumbs-up; world globe; internet globe; wifi wifi;
  moon moon; night moon; day sun; weather cloud-sun; folder folder; file file-text; document file-text;
  code code; terminal terminal; database database; server server; cloud cloud; upload upload; download download;
  tick check; checkmark check; warning triangle-alert; alert triangle-alert; help circle-question-mark;
  filter funnel; menu menu; coffee coffee; food utensils; restaurant utensils; gift gift; lock lock;
  unlock lock-open; key key; bag shopping-bag; store store; shop store; truck truck; delivery truck;
  camera camera; bell bell; notification bell; calendar calendar; search search; star star; bookmark bookmark;
  share share-2; link link; tag tag; graph chart-line; dashboard layout-dashboard; dog dog; cat cat;
  rocket rocket; eye eye; battery battery; leaf leaf; fire flame; water droplet; health heart-pulse;
  medicine pill; school graduation-cap; education graduation-cap; game gamepad-2; gaming gamepad-2`)

function pairs(text: string): Names {
  return new Map(
    text.split(';').map((pair) => {
      const [word = '', name = ''] = pair.trim().split(/\s+/)
      return [word, name] as const
    }),
  )
}

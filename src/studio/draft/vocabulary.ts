/** What a draft can be. */
export type Kind =
  | 'solid'
  | 'gradient'
  | 'mesh'
  | 'tiles'
  | 'memphis'
  | 'marble'
  | 'contours'
  | 'lowpoly'
  | 'waves'
  | 'ridges'
  | 'forest'
  | 'skyline'
  | 'sea'
  | 'sky'
  | 'aurora'
  | 'bokeh'
  | 'placeholder'
  | 'picture'
  | 'icon'
  | 'monogram'
  | 'wordmark'
  | 'texture'

/** What a tiled pattern is made of. */
export type Motif =
  | 'shapes'
  | 'triangles'
  | 'hexagons'
  | 'dots'
  | 'stripes'
  | 'checks'
  | 'cubes'
  | 'chevrons'
  | 'scales'
  | 'grid'
  | 'pictures'

/** Where a gradient runs. */
export type Direction = 'down' | 'right' | 'diagonal' | 'radial'

/** What a word stands for, by sets of words, the strongest first. */
export type WordTable<T> = readonly (readonly [T, ReadonlySet<string>])[]

/** Words that choose a kind; the kind named first in this list wins over those after it. */
export const KIND_WORDS: WordTable<Kind> = [
  ['placeholder', words('placeholder placeholders dummy')],
  ['mesh', words('mesh blob blobs fluid liquid')],
  ['lowpoly', words('poly lowpoly polygon polygons polygonal')],
  ['marble', words('marble marbled veins veined')],
  ['memphis', words('memphis confetti')],
  ['contours', words('topographic topography contour contours isolines')],
  ['bokeh', words('bokeh sparkle sparkles glitter particles orb orbs')],
  [
    'tiles',
    words('pattern patterns geometric geometry tile tiles tiled tiling mosaic bauhaus seamless'),
  ],
  ['skyline', words('skyline city cityscape downtown skyscraper skyscrapers metropolis')],
  ['aurora', words('aurora borealis')],
  ['forest', words('forest forests woods woodland pine pines spruce conifers')],
  ['ridges', words('mountain mountains landscape hill hills peak peaks ridge ridges valley')],
  ['waves', words('wave waves wavy curves flowing ripples dunes dune')],
  ['sea', words('ocean sea seaside seascape lake beach horizon')],
  ['sky', words('sky skies clouds cloud cloudy starry stars galaxy nebula')],
  ['gradient', words('gradient gradients ombre fade fading')],
  ['solid', words('solid flat plain')],
  ['mesh', words('abstract blurry blurred smooth organic')],
  ['gradient', words('background backdrop wallpaper')],
]

/** Words that choose the motif of a tiled pattern, and by that the pattern itself. */
export const MOTIF_WORDS: WordTable<Motif> = [
  ['hexagons', words('hexagon hexagons hexagonal honeycomb')],
  ['triangles', words('triangle triangles triangular')],
  ['dots', words('dots dotted polka')],
  ['stripes', words('stripe stripes striped')],
  ['checks', words('checker checkered chequered checkerboard chessboard checks gingham')],
  ['cubes', words('cube cubes isometric')],
  ['chevrons', words('chevron chevrons zigzag zigzags herringbone')],
  ['scales', words('scales scallop scallops scalloped seigaiha')],
  ['grid', words('grid grids blueprint graph')],
  ['shapes', words('circles squares shapes')],
]

/** Words that ask for an icon: a tile with rounded corners, or a drawing in lines. */
export const ICON_WORDS = words(
  'icon icons logo logos favicon glyph monogram lettermark emblem badge logotype wordmark brandmark',
)
/** Words for marks that have no tile of their own and may have a name below. */
export const LOGO_WORDS = words('logo logos emblem logotype wordmark brandmark')
/** Words for the picture of an account. */
export const AVATAR_WORDS = words('avatar avatars pfp userpic')
/** Words for a drawing of something, whatever it is. */
export const ILLUSTRATION_WORDS = words(
  'illustration illustrations illustrated mascot clipart sticker drawing doodle spot',
)
/** Words for what stands behind other things, which need not show any. */
export const BACKDROP_WORDS = words(
  'background backdrop wallpaper hero banner header cover card og social abstract',
)
/** Words before what a picture is about. */
export const TOPIC_WORDS = words('about for of representing depicting showing symbolizing')
/** Words for an icon drawn in lines only. */
export const OUTLINE_WORDS = words(
  'line lines outline outlined outlines stroke glyph monochrome monoline',
)
/** Words for styles in which things are drawn anyway. */
export const DRAWN_WORDS = words(
  'vector illustration illustrated cartoon clipart emoji sticker app simple 2d',
)

/** Words that say where a gradient runs. */
export const DIRECTION_WORDS: WordTable<Direction> = [
  ['down', words('vertical vertically')],
  ['right', words('horizontal horizontally')],
  ['diagonal', words('diagonal diagonally')],
  ['radial', words('radial circular spotlight vignette')],
]

/** Words that put a sun or a moon into a scene of ridges or waves. */
export const SUN_WORDS = words('sun sunset sunrise dawn dusk moon moonlit')

/** Words for haze between the layers of a scene. */
export const MIST_WORDS = words('fog foggy mist misty haze hazy')
/** Words for a placeholder that stands for a person. */
export const PERSON_WORDS = words('avatar profile user person portrait')
/** Words that put clouds into a sky. */
export const CLOUD_WORDS = words('cloud clouds cloudy')

/** Words too general to be missed in a draft of another kind. */
export const LOOSE_WORDS = words(
  'abstract background backdrop wallpaper plain flat solid smooth gradient gradients',
)

/** Words for the trade that a picture is for: a mood where there is no other, and never missed. */
export const TRADE_WORDS = words(
  'saas tech technology startup business professional modern corporate',
)

/** Whether a word chooses a kind, a motif, a direction or a sun. */
export function isShapeWord(word: string): boolean {
  return SHAPE_WORDS.has(word)
}

/** Words that put stars into a sky. */
export const STAR_WORDS = words('starry stars star galaxy nebula')

/** Styles only a model can paint. */
export const STYLE_WORDS = words(
  `photo photos photograph photographic photography photorealistic photorealism realistic realism
   hyperrealistic lifelike cinematic oil painting painted painterly watercolor watercolour acrylic
   gouache sketch sketched pencil charcoal drawing drawn illustration illustrated cartoon comic anime
   manga ghibli pixar disney render rendered 3d 2d vector pixel pixelart voxel emoji sticker clipart poster impressionist impressionism cubist cubism surreal surrealist
   surrealism baroque vangogh gogh monet picasso dali ukiyo engraving woodcut steampunk collage hdr 4k
   8k dslr macro closeup portrait detailed`,
)

/** People and things that draft art does not show. */
export const SUBJECT_WORDS = words(
  `person people man men woman women girl girls boy boys child children kid kids baby face faces hand
   hands eye eyes astronaut king queen knight warrior wizard doctor chef dancer model crowd couple
   family cat cats kitten dog dogs puppy horse horses bird birds owl fox wolf bear lion tiger elephant
   rabbit fish whale shark dragon unicorn monster robot robots animal animals butterfly bee snake
   panda car cars truck bus train bike bicycle motorcycle boat boats ship sailboat plane airplane
   rocket spaceship house houses cabin home building buildings city skyline street road bridge castle
   tower church temple room kitchen office desk chair table lamp bed sofa window door computer laptop
   phone camera book books cup mug coffee tea bottle glass plate food pizza burger cake fruit apple
   banana flower flowers tree trees plant plants leaf leaves garden park forest jungle beach island
   river waterfall cloud clouds rain snowman moon planet earth fire smoke sword guitar piano ball
   shoe shoes shirt dress hat watch ring product products bag box`,
)

/** Words that carry no wish of their own. */
export const FILLER_WORDS = words(
  `a an the low of in on at to from with and or for by as is are it its this that these into over under
   through some very please make create generate draw paint image picture art artwork design style
   styled tone tones toned color colors colour colours colored coloured palette hue hues shade shades
   empty state states page website app apps application tool tools product company brand startup business
   team service platform agency firm studio project bot friendly round rounded square shape shaped corner corners
   post blog article card cards social share sharing og open cover thumbnail preview twitter linkedin youtube
   tagline caption called named letter letters initial initials lettering reading reads mode theme ui
   variant version accent accents detail details highlight highlights touches representing depicting showing
   symbolizing 404 about me my our your we need want should please you set add include including only just style
   glowing section fintech api mit dem der die das und avec le la les un une el los para con banner bannière
   баннер 横幅 バナー بانر rotated facing
   svg png jpg jpeg webp px pixels wide tall size sized aspect ratio big small large old x accented main
   profile screen dashboard format file ready centered centred middle left right top bottom
   nice beautiful pretty lovely good great high quality best background backdrop wallpaper hero banner
   header website web page site landing section app use using like simple text says saying titled title headline word words lettering subtle two three between texture textured`,
)

/** Signs between words; they keep a colour from a noun of the next part. */
export const SIGNS = words(', ; .')

/** Words that turn the wish after them around. */
export const NEGATION_WORDS = words('no not without never avoid except')

/** Words that change the colour right after them. */
export const MODIFIERS: ReadonlyMap<string, { lighter?: number; chroma?: number }> = new Map([
  ['light', { lighter: 0.14, chroma: 0.8 }],
  ['pale', { lighter: 0.2, chroma: 0.55 }],
  ['soft', { lighter: 0.08, chroma: 0.65 }],
  ['pastel', { lighter: 0.16, chroma: 0.6 }],
  ['dark', { lighter: -0.16 }],
  ['deep', { lighter: -0.1, chroma: 1.1 }],
  ['bright', { lighter: 0.06, chroma: 1.2 }],
  ['vivid', { chroma: 1.3 }],
  ['muted', { chroma: 0.5 }],
  ['dusty', { chroma: 0.5 }],
  ['burnt', { lighter: -0.12 }],
  ['hot', { chroma: 1.25 }],
  ['neon', { lighter: 0.08, chroma: 1.4 }],
])

const SHAPE_WORDS: ReadonlySet<string> = new Set(
  [
    ...[...KIND_WORDS, ...MOTIF_WORDS, ...DIRECTION_WORDS].map(([, list]) => list),
    SUN_WORDS,
    MIST_WORDS,
    PERSON_WORDS,
  ].flatMap((list) => [...list]),
)

/** The words of a text, each once. */
export function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/))
}

/** What a draft can be. */
export type Kind = 'solid' | 'gradient' | 'mesh' | 'tiles' | 'waves' | 'ridges' | 'bokeh'

/** What a tiled pattern is made of. */
export type Motif = 'shapes' | 'triangles' | 'hexagons' | 'dots' | 'stripes' | 'checks' | 'cubes'

/** Where a gradient runs. */
export type Direction = 'down' | 'right' | 'diagonal' | 'radial'

/** What a word stands for, by sets of words, the strongest first. */
export type WordTable<T> = readonly (readonly [T, ReadonlySet<string>])[]

/** Words that choose a kind; the kind named first in this list wins over those after it. */
export const KIND_WORDS: WordTable<Kind> = [
  ['mesh', words('mesh blob blobs aurora fluid liquid')],
  ['bokeh', words('bokeh sparkle sparkles glitter confetti particles')],
  [
    'tiles',
    words('pattern patterns geometric geometry tile tiles tiled tiling mosaic bauhaus seamless'),
  ],
  ['ridges', words('mountain mountains landscape hill hills peak peaks ridge ridges valley')],
  [
    'waves',
    words('wave waves wavy ocean sea seaside curves flowing ripples dunes dune water lake'),
  ],
  ['bokeh', words('starry stars star galaxy nebula')],
  ['gradient', words('gradient gradients ombre fade fading')],
  ['solid', words('solid flat plain')],
  ['mesh', words('abstract blurry blurred smooth organic')],
  ['gradient', words('background backdrop wallpaper')],
]

/** Words that choose the motif of a tiled pattern, and by that the pattern itself. */
export const MOTIF_WORDS: WordTable<Motif> = [
  ['hexagons', words('hexagon hexagons hexagonal honeycomb')],
  ['triangles', words('triangle triangles triangular poly lowpoly')],
  ['dots', words('dots dotted polka')],
  ['stripes', words('stripe stripes striped')],
  ['checks', words('checker checkered chequered checkerboard chessboard checks')],
  ['cubes', words('cube cubes isometric')],
  ['shapes', words('circles squares shapes')],
]

/** Words that say where a gradient runs. */
export const DIRECTION_WORDS: WordTable<Direction> = [
  ['down', words('vertical vertically')],
  ['right', words('horizontal horizontally')],
  ['diagonal', words('diagonal diagonally')],
  ['radial', words('radial circular spotlight vignette')],
]

/** Words that put a sun or a moon into a scene of ridges or waves. */
export const SUN_WORDS = words('sun sunset sunrise dawn dusk moon moonlit')

/** Words too general to be missed in a draft of another kind. */
export const LOOSE_WORDS = words(
  'abstract background backdrop wallpaper plain flat solid smooth gradient gradients',
)

/** Words that put stars into a sky. */
export const STAR_WORDS = words('starry stars star galaxy nebula')

/** Styles only a model can paint. */
export const STYLE_WORDS = words(
  `photo photos photograph photographic photography photorealistic photorealism realistic realism
   hyperrealistic lifelike cinematic oil painting painted painterly watercolor watercolour acrylic
   gouache sketch sketched pencil charcoal drawing drawn illustration illustrated cartoon comic anime
   manga ghibli pixar disney render rendered 3d 2d vector pixel pixelart voxel logo icon emoji sticker poster impressionist impressionism cubist cubism surreal surrealist
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
   nice beautiful pretty lovely good great high quality best background backdrop wallpaper hero banner
   header website web page site landing section app use using like simple subtle two three between`,
)

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

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/))
}

/** Drafts that show what each kind of picture looks like. */
export const DRAFTS = [
  'calm teal to navy gradient background',
  'warm sunset mesh gradient',
  'bauhaus shapes in navy, #ff8800 and cream',
  'soft pastel waves background',
  'memphis pattern with coral, teal and mustard on cream',
  'hexagon pattern in purple and gold',
  'white marble texture with gold veins',
  'dark starry bokeh',
  'low poly mountain landscape at sunset',
  'low poly background in emerald',
  'starry night sky with moon over mountains',
  'pine forest in morning fog',
  'city skyline at night',
  'city skyline at sunset',
  'ocean sunset with clouds',
  'blue sky with white clouds',
  'aurora borealis over snowy hills',
  'topographic contour lines in sage green',
  'app icon of a rocket, purple to pink gradient',
  'calendar icon, outline, dark blue',
  'a red fox on a green background',
  'seamless pattern of cats on pastel pink',
  '"Ship faster" "One tool for every image" dark blue gradient',
  'placeholder image',
]

/** Photographs and their edits. */
export const EDITS = [
  ['astronaut', 'grayscale, then add a vignette'],
  ['coffee', 'sepia'],
  ['rocket', 'make it much warmer and more vivid'],
  ['chelsea', 'tint teal'],
  ['astronaut', 'crop to a circle'],
  ['coffee', 'rotate 12 degrees'],
  ['rocket', 'add the text "Liftoff" at the top in white'],
  ['chelsea', 'posterize to 5 levels'],
  ['astronaut', 'blur the background'],
  ['astronaut', 'make the background light blue'],
  ['camera', 'pixelate'],
  ['chelsea', 'auto enhance, then round corners by 10%'],
] as const

/** Photographs and edits that need a model. */
export const WISHES = [
  ['rocket', 'make the sky purple'],
  ['astronaut', 'grayscale, then add a red hat'],
  ['coffee', 'turn this into a watercolor, warmer'],
  ['chelsea', 'add a 🎩 to the cat'],
  ['camera', '把天空变成紫色'],
] as const

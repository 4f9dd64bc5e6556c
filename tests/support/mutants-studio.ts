import type { NamedMutant } from './mutant.ts'
import type { Suite } from './mutation.ts'

type StudioTest = 'cutout' | 'draft' | 'draft-prompts' | 'edit-phrases' | 'upscale'

/** The damages to the studio: what would draw, cut, edit or enlarge wrongly without a crash. */
export const STUDIO_MUTANTS: readonly NamedMutant<StudioTest>[] = [
  ...(
    [
      ['brighter makes darker', 'graded', 'brightness(1 + change)', 'brightness(1 - change)'],
      ['warmer makes cooler', 'graded', 'temperature(change)', 'temperature(-change)'],
      ['"slightly" is no less than usual', 'patterns', '? 0.45 : 2.2', '? 1 : 2.2'],
      ['"left" turns to the right', 'operations', 'isBack ? -1 : 1', 'isBack ? 1 : 1'],
      ['contrast turns around black', 'steps', 'offset: 127.5 * (1 - factor)', 'offset: 0'],
      ['a hue turns without its green', 'steps', '[0.143, 0.14, -0.283]', '[0, 0, 0]'],
      ['colours are cut off and not rounded', 'pixels', 'offset + 0.5', 'offset'],
      ['a mosaic takes sums for means', 'pixels', 'Math.max(1, weight)', '255'],
      ['a vignette has half its strength', 'pixels', '${strength * far', '${0.5 * strength * far'],
      [
        'a crop stands in a corner',
        'apply',
        'left = Math.floor((raster.width - width) / 2)',
        'left = 0',
      ],
      ['a blur of half a pixel does nothing', 'apply', ', minAmplitude: 0.02', ''],
    ] as const
  ).map(([name, file, from, to]) => mutant('edit-phrases', name, `edit/${file}.ts`, from, to)),
  mutant(
    'cutout',
    'edges keep the colour of the backdrop',
    'cutout/backdrop.ts',
    'if (cleared < 1) decontaminateEdges',
    'if (cleared > 1) decontaminateEdges',
    'edges carry',
  ),
  mutant(
    'cutout',
    'any doubt is believed',
    'cutout/cutout.ts',
    'DOUBT_MAX = 0.17',
    'DOUBT_MAX = 17',
    'chelsea',
  ),
  mutant(
    'cutout',
    'the network sees its picture without a bias',
    'cutout/tensor-operators.ts',
    'values.set(bias.values, to)',
    '',
    'astronaut',
  ),
  mutant(
    'draft',
    'all outputs have one seed',
    'draft/drafts.ts',
    'seed: first.seed + index',
    'seed: first.seed',
    'output number i',
  ),
  mutant(
    'draft-prompts',
    'what is behind text is not shaded',
    'core/draw-text.ts',
    'if (opacity === 0) return raster',
    'if (opacity < 2) return raster',
    '404 page',
  ),
  mutant(
    'draft-prompts',
    'a drawing keeps its colour',
    'draft/plan.ts',
    'color: own?.color ?? ',
    'color: ',
    'lightning bolt',
  ),
  mutant(
    'draft',
    'a seed is not used',
    'core/random.ts',
    'mersenne(seed ^',
    'mersenne(0 *',
    'another seed',
  ),
  mutant(
    'draft',
    'gradients are not dithered',
    'draft/paint.ts',
    '(x) => threshold(x, y)',
    '() => 0.5',
    'a slow gradient',
  ),
  mutant(
    'upscale',
    'the network adds no detail',
    'upscale/double.ts',
    'base + 255 *',
    'base + 0 *',
    'astronaut',
  ),
  mutant(
    'upscale',
    'hidden colours shine through',
    'upscale/alpha.ts',
    'bleed(colors, values)\n',
    '\n',
    'keeps transparency',
  ),
  mutant(
    'upscale',
    'the rest of a scale is left out',
    'upscale/upscale.ts',
    'await resizeTo(large, size)',
    'large',
    'times 1.5',
  ),
]

function mutant(
  test: StudioTest,
  name: string,
  file: string,
  from: string,
  to: string,
  by?: string,
): NamedMutant<StudioTest> {
  return { test, name, file: `studio/${file}`, from, to, ...(by !== undefined && { by }) }
}

/** The tests of the studio that look at pixels. */
export const STUDIO_SUITE: Suite<NamedMutant<StudioTest>> = {
  room: 'studio',
  tests: ['cutout', 'draft', 'draft-prompts', 'edit-phrases', 'upscale'],
  testsFor: ({ test }) => [test],
}

import { clockAt, inkwell, type Home, type Ran, type Settings, type Work } from '../support/app.ts'

/** The day of the documentation's examples, in the afternoon. */
export const NOW = Date.UTC(2026, 1, 22, 15, 30)
export const OPENED = Date.UTC(2026, 0, 1)

/** An instant of February 2026. */
export const at = (day: string, time = '12:00:00.000'): number =>
  Date.parse(`2026-02-${day}T${time}Z`)

export const schnell = { cost: 3_000, model: 'fal-ai/flux/schnell', provider: 'fal.ai' } as const

const repeat = (count: number, work: Work): Work[] => Array.from({ length: count }, () => work)

/** The three days of the documentation: $0.0060, $0.0530 and $0.0310. */
export const THREE_DAYS: Work[] = [
  ...repeat(2, { ...schnell, at: at('20') }),
  ...repeat(6, { ...schnell, at: at('21', '08:00:00.000') }),
  { at: at('21', '09:00:00.000'), cost: 30_000, provider: 'fal.ai' },
  {
    at: at('21', '23:59:59.999'),
    cost: 5_000,
    model: 'fal-ai/birefnet',
    operation: 'removeBackground',
    provider: 'fal.ai',
  },
  ...repeat(3, { ...schnell, cost: 1_000, at: at('22', '00:00:00.000') }),
  {
    at: at('22', '10:00:00.000'),
    cost: 25_000,
    model: 'fal-ai/flux/dev/i2i',
    operation: 'editImage',
    provider: 'fal.ai',
  },
  { ...schnell, at: at('22', '11:00:00.000') },
]

/** Runs a command line on the day of the examples. */
export async function run(home: Home, args: string, env: Settings = {}): Promise<Ran> {
  return await inkwell(home, args.split(' '), { env, nodeArgs: clockAt(NOW) })
}

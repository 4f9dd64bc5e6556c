import { createHash } from 'node:crypto'
import { stageOf, type Fault, type Stage } from './fault.ts'

/** One occasion's faults: an array lets several shape the same job. */
export type Step = Fault | readonly Fault[]

/** Strikes by chance where no script does: the same seed strikes the same occasions. */
export type RandomPlan = { seed: number; chance: number; faults: readonly Fault[] }

/** A fault that was injected. */
export type InjectedFault = { stage: Stage; endpoint: string; fault: Fault }

export type Script = {
  /** Queues faults for an endpoint id, or for any with `*`. Each stage takes its own in order. */
  add(match: string, steps: readonly Step[]): void
  take(stage: Stage, endpoint: string | null): Fault[]
  clear(): void
  readonly injected: InjectedFault[]
}

type Waiting = { match: string; stage: Stage; faults: readonly Fault[]; left: number }

/** The faults that are still to come. */
export function createScript(plan?: RandomPlan): Script {
  let waiting: Waiting[] = []
  const occasions = new Map<string, number>()
  const injected: InjectedFault[] = []

  const scripted = (stage: Stage, endpoint: string): readonly Fault[] | undefined => {
    const fits = (match: string) =>
      waiting.find((one) => one.stage === stage && one.match === match && one.left > 0)
    const step = fits(endpoint) ?? fits('*')
    if (step === undefined) return undefined
    step.left -= 1
    return step.faults
  }
  const byChance = (stage: Stage, endpoint: string): readonly Fault[] => {
    const occasion = `${stage} ${endpoint}`
    const nth = (occasions.get(occasion) ?? 0) + 1
    occasions.set(occasion, nth)
    const fitting = plan?.faults.filter((fault) => stageOf(fault) === stage) ?? []
    if (plan === undefined || fitting.length === 0) return []
    const [strikes, which] = draw(`${plan.seed} ${occasion} ${nth}`)
    const fault = fitting[Math.floor(which * fitting.length)]
    return strikes < plan.chance && fault !== undefined ? [fault] : []
  }

  return {
    injected,
    add(match, steps) {
      for (const step of steps) {
        const faults = 'kind' in step ? [step] : step
        const [first] = faults
        if (first === undefined) continue
        const stage = stageOf(first)
        if (faults.some((fault) => stageOf(fault) !== stage)) {
          throw new RangeError('the faults of one step must share a stage')
        }
        waiting.push({ match, stage, faults, left: first.times ?? 1 })
      }
    },
    take(stage, endpoint) {
      const name = endpoint ?? ''
      const faults = scripted(stage, name) ?? byChance(stage, name)
      const real = faults.filter(({ kind }) => kind !== 'pass')
      injected.push(...real.map((fault) => ({ stage, endpoint: name, fault })))
      return real
    },
    clear() {
      waiting = []
    },
  }
}

/** Two numbers in [0, 1) that depend on `key` alone, so that the order of arrival changes nothing. */
function draw(key: string): [number, number] {
  const digest = createHash('sha256').update(key).digest()
  return [digest.readUInt32BE(0) / 2 ** 32, digest.readUInt32BE(4) / 2 ** 32]
}

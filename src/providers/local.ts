import { AppError } from '../errors.ts'
import type { Provider, ProviderRequest, ProviderResult, RunOptions } from './provider.ts'
import { createPace, type Pace } from './local/pace.ts'
import { createTurns } from './local/turns.ts'

/** What every result of this provider says first. */
export const LOCAL_NOTE = "Drawn on this machine by Inkwell's local provider; no paid AI model ran."

/**
 * The provider that needs no network: draft art, strict edits, cut-outs of plain backdrops and plain
 * enlargements, made on this machine one at a time. Its jobs die with their process.
 */
export function createLocalProvider(): Provider {
  const inTurn = createTurns()
  return {
    name: 'local',
    check,
    async run(request, options) {
      const { outputs, notes } = await inTurn(options.signal, () => work(request, options))
      return { outputs, notes: [LOCAL_NOTE, ...notes] }
    },
  }
}

/** What can be refused without a look at a pixel. */
async function check(request: ProviderRequest): Promise<void> {
  if (request.operation === 'editImage') (await import('./local/edit/edit.ts')).readEdit(request)
  if (request.operation === 'upscale') (await import('./local/upscale.ts')).assertFits(request)
}

async function work(request: ProviderRequest, options: RunOptions): Promise<ProviderResult> {
  const pace = createPace(options)
  await pace.report(0, 'Working on this machine')
  try {
    const result = await dispatch(request, pace)
    await pace.report(1, 'Done')
    return result
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new AppError('internal', 'The local provider failed at this request.', {
      hint: 'Try a smaller size or another image.',
      cause,
    })
  }
}

/** Each kind of work is loaded when it is first asked for. */
async function dispatch(request: ProviderRequest, pace: Pace): Promise<ProviderResult> {
  switch (request.operation) {
    case 'generateImage': {
      const { drawDrafts } = await import('./local/draft/drafts.ts')
      return drawDrafts(request, pace)
    }
    case 'editImage': {
      const { editImage } = await import('./local/edit/edit.ts')
      return editImage(request, pace)
    }
    case 'removeBackground': {
      const { removeBackground } = await import('./local/cutout.ts')
      return removeBackground(request, pace)
    }
    case 'upscale': {
      const { upscale } = await import('./local/upscale.ts')
      return upscale(request, pace)
    }
    case 'run': {
      const { standIn } = await import('./local/stand-in/stand-in.ts')
      return standIn(request, pace)
    }
  }
}

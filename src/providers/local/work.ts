import { AppError } from '../../errors.ts'
import type { ProviderRequest, ProviderResult } from '../provider.ts'
import type { Pace } from './pace.ts'
import { standsIn } from './stand-in/stands-in.ts'

/** Does one request on the thread it is called on. Throws `AppError` and nothing else. */
export async function work(request: ProviderRequest, pace: Pace): Promise<ProviderResult> {
  await pace.report(0, 'Working on this machine')
  try {
    const result = await dispatch(request, pace)
    await pace.report(1, 'Done')
    return result
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw failed(cause)
  }
}

/** The failure of a request that is no fault of its caller; `cause` is only logged. */
export function failed(cause: unknown): AppError {
  return new AppError('internal', 'The local provider failed at this request.', {
    hint: 'Try a smaller size or another image.',
    cause,
  })
}

/** Each kind of work is loaded when it is first asked for. */
async function dispatch(request: ProviderRequest, pace: Pace): Promise<ProviderResult> {
  switch (request.operation) {
    case 'generateImage': {
      const { drawDrafts } = await import('./draft/drafts.ts')
      return drawDrafts(request, pace)
    }
    case 'editImage': {
      if (standsIn(request.model))
        return (await import('./stand-in/edit.ts')).standInForEdit(request, pace)
      const { editImage } = await import('./edit/edit.ts')
      return editImage(request, pace)
    }
    case 'removeBackground': {
      if (standsIn(request.model))
        return (await import('./stand-in/cutout.ts')).standInForCutout(request, pace)
      const { removeBackground } = await import('./cutout/cutout.ts')
      return removeBackground(request, pace)
    }
    case 'upscale': {
      if (standsIn(request.model))
        return (await import('./stand-in/upscale.ts')).standInForUpscale(request, pace)
      const { upscale } = await import('./upscale/upscale.ts')
      return upscale(request, pace)
    }
    case 'run': {
      const { standIn } = await import('./stand-in/stand-in.ts')
      return standIn(request, pace)
    }
  }
}

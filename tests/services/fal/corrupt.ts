import { isRecord } from './check.ts'
import type { JobFault } from './fault.ts'

type Body = Record<string, unknown>

/** Applies a job's faults to a result. All else stays as the model made it. */
export function corrupt(body: Body, faults: readonly JobFault[]): Body {
  return faults.reduce(corruptOnce, body)
}

function corruptOnce(body: Body, fault: JobFault): Body {
  switch (fault.kind) {
    case 'nullDims':
      return onFiles(body, () => ({ width: null, height: null }))
    case 'wrongContentType':
      return onFiles(body, () => ({ content_type: fault.contentType }))
    case 'foreignFile':
      return onFiles(body, () => ({ url: fault.url }))
    case 'noImages':
      return Array.isArray(body['images']) ? { ...body, images: [] } : body
    case 'nsfw': {
      const count = Array.isArray(body['images']) ? body['images'].length : 1
      return { ...body, has_nsfw_concepts: Array.from({ length: count }, () => true) }
    }
    case 'slowQueue':
    case 'stuck':
    case 'statusWord':
    case 'completedWithError':
    case 'modelError':
    case 'cancelRace':
    case 'cancelStops':
    case 'noUnits':
    case 'units':
      return body
  }
}

/** Changes every file in a result. */
function onFiles(body: Body, change: () => Body): Body {
  const changed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(changed)
    return isRecord(value) && 'url' in value ? { ...value, ...change() } : value
  }
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, changed(value)]))
}

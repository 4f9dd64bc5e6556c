import type { Config } from '../config.ts'
import { display } from '../money.ts'
import { UNLISTED_PRICE } from '../pricing/catalog.ts'
import type { UnknownModels } from '../pricing/find-model.ts'

/** Describes how each setting treats models that are not listed. */
export const UNLISTED_MODELS: Readonly<Record<UnknownModels, string>> = {
  default: `any model that is not listed costs ${display(UNLISTED_PRICE)}, whatever fal.ai bills for it`,
  upstream:
    'a model that is not listed costs what fal.ai asks for it, where the arguments decide that; any other is refused',
  refuse: 'models that are not listed are refused',
}

/** Returns advice if unlisted models may cost more than they are sold for, else null. */
export function unlistedAdvice({ mode, unknownModels }: Config): string | null {
  if (mode === 'test' || unknownModels !== 'default') return null
  return `${UNLISTED_MODELS.default}: set INKWELL_UNKNOWN_MODELS to upstream or refuse, or give accounts and keys a list of models (inkwell keys update --models)`
}

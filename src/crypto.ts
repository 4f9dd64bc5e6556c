import type * as NodeCrypto from 'node:crypto'

/** Returns Node's crypto module. Loaded at first use, because loading takes some milliseconds and start-up does not need it. */
export function crypto(): typeof NodeCrypto {
  return process.getBuiltinModule('node:crypto')
}

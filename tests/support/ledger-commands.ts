import type { Command } from '../../src/db/db.ts'
import { capture, hold, release } from '../../src/ledger/ledger.ts'
import {
  captureAll,
  holdAll,
  releaseAll,
  type CaptureOrder,
  type HoldOrder,
  type ReleaseOrder,
} from '../../src/ledger/batch/commands.ts'

/** The commands of the ledger by themselves, as an engine may do them in sets. */

export const HOLD: Command<HoldOrder, boolean> = {
  one: ({ request, caps }) => hold(request, caps),
  all: holdAll,
}

export const CAPTURE: Command<CaptureOrder, boolean> = {
  one: ({ id, amount, at }) => capture(id, amount, at),
  all: captureAll,
}

export const RELEASE: Command<ReleaseOrder, boolean> = {
  one: ({ id, at, state }) => release(id, at, state),
  all: releaseAll,
}

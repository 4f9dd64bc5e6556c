import type { Command } from '../../src/db/db.ts'
import { capture, hold, release } from '../../src/ledger/ledger.ts'
import {
  captureAll,
  holdAll,
  releaseAll,
  type CaptureArgs,
  type HoldArgs,
  type ReleaseArgs,
} from '../../src/ledger/batch/commands.ts'

/** The commands of the ledger by themselves, as an engine may do them in sets. */

export const HOLD: Command<HoldArgs, boolean> = {
  single: ({ request, caps }) => hold(request, caps),
  batch: holdAll,
}

export const CAPTURE: Command<CaptureArgs, boolean> = {
  single: ({ id, amount, at }) => capture(id, amount, at),
  batch: captureAll,
}

export const RELEASE: Command<ReleaseArgs, boolean> = {
  single: ({ id, at, state }) => release(id, at, state),
  batch: releaseAll,
}

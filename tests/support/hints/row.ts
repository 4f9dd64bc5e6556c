import assert from 'node:assert/strict'
import { ERROR_CODES, type ErrorCode } from '../../../src/errors.ts'
import type { Json } from '../http.ts'
import type { Ran, Settings } from '../app.ts'
import type { ToolResult } from '../clients.ts'
import type { FalEmulatorOptions } from '../../services/fal/emulator.ts'
import { errorOf } from '../../tools/support.ts'
import type { Stage } from './stage.ts'

/** Where a hint is read: what exists there is not the same. */
export type Face = 'stdio' | 'http' | 'rest' | 'call' | 'command'

/** One way into a refusal, and what comes of doing what its hint says. */
export type Row = {
  code: ErrorCode
  face: Face
  /** What was asked, in a few words. */
  asked: string
  /** The hint to the word; … stands for what differs from call to call. */
  hint: string
  /** The words of the hint that are acted on. */
  takes: string
  /** What came of it. */
  ends: string
  /** Nobody who reads the hint can go on: somebody else has to act. */
  isStop?: true
  /** Settings of every process of the row. */
  settings?: Settings
  /** Live mode, on an emulator of fal.ai. */
  live?: FalEmulatorOptions
  play(stage: Stage): Promise<Told>
}

/** A refusal as it was read. */
export type Said = {
  /** Null where a command only prints its words. */
  code: string | null
  hint: string
  /** The tool that was called, for those who have tools. */
  tool?: string
  /** What the text has after the hint: models that could be had instead. */
  more?: string
}

/** The same, and the step that the row takes; a stop has none. */
export type Told = Said & { follow?: () => Promise<unknown> }

/** A refusal as an agent reads it. */
export function saidBy(tool: string, result: ToolResult): Said {
  const { code, hint, message } = errorOf(result)
  const more = result.content[0]?.text?.slice(`${message} ${hint}`.length) ?? ''
  return { code, hint, more, tool }
}

/** The same, by `inkwell call` with `--json`. */
export function saidByCall(tool: string, { code, stdout }: Ran): Said {
  assert.equal(code, 1, stdout)
  return saidBy(tool, JSON.parse(stdout) as ToolResult)
}

/** A refusal as a command prints it: what happened, and below it the hint. */
export function saidByCommand({ code, stderr }: Ran): Said {
  assert.ok(code === 1 || code === 2, `${code} ${stderr}`)
  const [message = '', hint = ''] = stderr.trim().split('\n')
  assert.match(message, /^inkwell: /)
  return { code: null, hint }
}

/** A refusal over HTTP. */
export function saidOver({ status, body }: { status: number; body: Json }): Said {
  const { code, hint } = (body as { error: { code: ErrorCode; hint: string } }).error
  assert.equal(status, ERROR_CODES[code].status)
  return { code, hint }
}

/** What a command prints, where it does what was asked. */
export function done({ code, stdout, stderr }: Ran): string {
  assert.equal(code, 0, stderr)
  return stdout
}

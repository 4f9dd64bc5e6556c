import type { App } from '../app.ts'

/** What a command works with. */
export type Terminal = {
  app: App
  /** Prints lines to stdout. */
  print: (...lines: string[]) => void
  /** Prints one JSON document to stdout. */
  printJson: (value: unknown) => void
  /** Ends the command with this exit code once it is done. */
  fail: () => void
}

/** A command's body, given a terminal that it need not clean up after. */
export type WithTerminal = (body: (terminal: Terminal) => Promise<void>) => Promise<void>

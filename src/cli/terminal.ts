import type { App } from '../app.ts'

/** What a command can use. */
export type Terminal = {
  app: App
  /** Prints lines to stdout. */
  print: (...lines: string[]) => void
  /** Prints one JSON document to stdout. */
  printJson: (value: unknown) => void
  /** Tells a person at a terminal what the command does now, if it takes long. */
  stage: (message: string) => void
  /** Sets exit code 1 for the end of the command. */
  fail: () => void
}

/** Runs the body of a command with a terminal, and cleans up afterwards. */
export type WithTerminal = (body: (terminal: Terminal) => Promise<void>) => Promise<void>

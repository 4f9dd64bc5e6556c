/** The result of a job: finished files, and sentences about them for the caller. */
export type Result = {
  files: Uint8Array[]
  /** Facts in our own words, one sentence each. */
  notes: string[]
  /**
   * Words of the request that the picture shows, wishes that it does not show, and what the request leaves open and
   * was chosen; absent where that cannot be told.
   */
  honoured?: string[]
  notHonoured?: string[]
  chosen?: string[]
}

/** How far a job is, 0 to 1, and what it is doing. */
export type Progress = { fraction: number; message: string }

/** Tells the caller of a job how far it is, 0 to 1, and what it is doing. */
export type Report = (fraction: number, message: string) => void

/** What a job needs of its caller: who it is, a signal to stop at, and somebody to tell how far it is. */
export type JobOptions = {
  account?: string
  signal: AbortSignal
  onProgress: (progress: Progress) => void
}

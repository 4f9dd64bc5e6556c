/**
 * Takes the faults of stdout and stderr: a reader that has gone wants no more, which is no failure of the command,
 * and any other fault ends it with 1 and a sentence. What the command does goes on: it may be paid for.
 */
export function watchOutput(): void {
  process.stdout.once('error', (error: NodeJS.ErrnoException) => {
    process.stdout.on('error', () => {})
    if (error.code === 'EPIPE') return
    process.exitCode = 1
    process.stderr.write(`inkwell: The output could not be written (${error.message}).\n`)
  })
  process.stderr.on('error', () => {}) // there is nowhere left to say so
}

/**
 * Handles errors of stdout and stderr. A closed reader (EPIPE) is not an error of the command. Any other error is
 * printed and sets exit code 1. The command itself continues, because its work may be paid for.
 */
export function watchOutput(): void {
  process.stdout.once('error', (error: NodeJS.ErrnoException) => {
    process.stdout.on('error', () => {})
    if (error.code === 'EPIPE') return
    process.exitCode = 1
    process.stderr.write(`inkwell: The output could not be written (${error.message}).\n`)
  })
  process.stderr.on('error', () => {}) // there is no other place to report it
}

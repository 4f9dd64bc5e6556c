import { Writable } from 'node:stream'

/**
 * Keeps stdout for the protocol, before anything else is loaded: what a dependency prints goes to stderr.
 * Answers the only way left to stdout.
 */
export function reserveStdout(): Writable {
  const { stdout, stderr } = process
  const write = stdout.write.bind(stdout)
  stdout.write = stderr.write.bind(stderr)
  const wire = new Writable({
    decodeStrings: false,
    write: (chunk: string | Uint8Array, _encoding, done) => void write(chunk, done),
  })
  stdout.on('error', (error) => wire.destroy(error)) // the client has gone
  return wire
}

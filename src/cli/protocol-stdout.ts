import { Writable } from 'node:stream'

/**
 * Reserves stdout for the protocol and sends all other output, such as that of dependencies, to stderr. Call
 * it before anything else is loaded. Returns the only stream that still writes to stdout.
 */
export function reserveStdout(): Writable {
  const { stdout, stderr } = process
  const write = stdout.write.bind(stdout)
  stdout.write = stderr.write.bind(stderr)
  const protocolStdout = new Writable({
    decodeStrings: false,
    write: (chunk: string | Uint8Array, _encoding, done) => void write(chunk, done),
  })
  stdout.on('error', (error) => protocolStdout.destroy(error)) // the client has disconnected
  return protocolStdout
}

#!/usr/bin/env node
// The entry point. It must run on any Node version, to report an old one before native modules are loaded.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `Inkwell needs Node.js 22.18 or newer; this is ${process.versions.node}. Install a current Node.js (https://nodejs.org) and try again.\n`,
  )
  process.exit(2)
}

const { enableCompileCache, flushCompileCache } = await import('node:module')
enableCompileCache()
const args = process.argv.slice(2)
if (args.length === 0 || (args.length === 1 && args[0] === 'stdio')) {
  const { reserveStdout } = await import('./protocol-stdout.ts')
  const protocolStdout = reserveStdout()
  const { serve } = await import('./main.ts')
  await serve(protocolStdout)
  // A client may kill the process. By then the cache is to have what the first answers took, too.
  setTimeout(flushCompileCache, 2_000).unref()
} else {
  const { command } = await import('./main.ts')
  await command(args)
}

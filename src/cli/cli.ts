#!/usr/bin/env node
// The bin. It must run on any Node: it says what is missing before anything native is loaded.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `Inkwell needs Node.js 22.18 or newer; this is ${process.versions.node}. Install a current Node.js (https://nodejs.org) and try again.\n`,
  )
  process.exit(2)
}

const { enableCompileCache, flushCompileCache } = await import('node:module')
enableCompileCache()
const { main } = await import('./main.ts')
await main(process.argv.slice(2), flushCompileCache)

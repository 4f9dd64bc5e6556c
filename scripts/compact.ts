/**
 * Drops comments and white space from the compiled files, or those of the folder that is given: a third of what would be
 * installed is text for readers of the sources. Names inside of a file become short; lines of about 500 characters stay, so
 * that a stack trace tells the place.
 */
import { globSync } from 'node:fs'
import { resolve } from 'node:path'
import { buildSync } from 'esbuild'

const dist = resolve(process.argv[2] ?? 'dist')

buildSync({
  entryPoints: globSync('**/*.js', { cwd: dist, exclude: ['web/browser'] }).map((path) =>
    resolve(dist, path),
  ),
  outdir: dist,
  outbase: dist,
  allowOverwrite: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.18',
  charset: 'utf8',
  minifyWhitespace: true,
  minifySyntax: true,
  minifyIdentifiers: true,
  lineLimit: 500,
  legalComments: 'none',
})

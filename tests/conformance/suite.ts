import { join } from 'node:path'
import { REPOSITORY } from '../support/app.ts'

/** The official suite of the protocol, which is a program of its own. */
export const SUITE = join(
  REPOSITORY,
  'node_modules/@modelcontextprotocol/conformance/dist/index.js',
)

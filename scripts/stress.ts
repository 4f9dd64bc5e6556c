import { temporaryFolder } from '../tests/support/databases.ts'
import { countSyncs, killWriters, shareFile } from '../tests/support/proofs.ts'
import { compareWithModel } from '../tests/support/sequences.ts'

/**
 * The long proofs of the ledger: `npm run stress -- [sequences] [seed]`. Without a seed each run has
 * another; the same seed gives the same sequences.
 */
const [runs = 2000, seed = Date.now() % 2 ** 31] = process.argv.slice(2).map(Number)
const KILLS = 25

await prove(`model: ${runs} sequences, seed ${seed}`, async () => {
  await compareWithModel({ runs, seed })
  return 'the ledger and its model agreed after every step'
})
await prove('one sync for each commit', countSyncs)
await prove('kill -9', (folder) => killWriters(`${folder}/ledger.db`, KILLS))
await prove('four busy processes, 10 s', (folder) => shareFile(`${folder}/ledger.db`, 10_000))

async function prove(what: string, proof: (folder: string) => Promise<string>): Promise<void> {
  const folder = temporaryFolder()
  process.stdout.write(`${what}\n`)
  try {
    process.stdout.write(`  proved: ${await proof(folder.path)}\n`)
  } catch (error) {
    process.exitCode = 1
    process.stdout.write(`  FAILED: ${error instanceof Error ? error.stack : String(error)}\n`)
  } finally {
    folder[Symbol.dispose]()
  }
}

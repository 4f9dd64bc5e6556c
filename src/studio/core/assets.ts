import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { AppError } from '../../errors.ts'
import { REINSTALL } from '../../media/sharp.ts'

const require = createRequire(import.meta.url)

/**
 * Where a data file of a package is: `assetPath('@websr/websr', 'weights/…')`. The build puts some of them beside itself,
 * so that the package need not be installed. Nothing of the package is run. Throws `internal` where it is not installed.
 */
export function assetPath(packageName: string, file: string): string {
  const shipped = join(import.meta.dirname, basename(file))
  if (existsSync(shipped)) return shipped
  try {
    return join(dirname(require.resolve(`${packageName}/package.json`)), file)
  } catch (cause) {
    throw new AppError('internal', `The package "${packageName}" is not installed.`, {
      hint: 'Tell the operator of this server.',
      localHint: REINSTALL,
      cause,
    })
  }
}

/** A JSON file of an installed package. */
export async function readJsonAsset(packageName: string, file: string): Promise<unknown> {
  return JSON.parse(await readFile(assetPath(packageName, file), 'utf8'))
}

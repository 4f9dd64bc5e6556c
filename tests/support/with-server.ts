import { test } from 'vitest'
import type { KeyOptions } from '../../src/accounts/keys.ts'
import { temporaryHome, type Settings } from './app.ts'
import { issued, openedAccount, serveHttp } from './http.ts'

/** The scope of a fixture that all tests of a file share. */
export const FILE = { scope: 'file' } as const

/**
 * Returns a `test` whose fixtures are a server over HTTP with its home, and an account with a key. The first test that
 * names a fixture opens it, and it is closed after the last test of the file. The account is there before the server
 * starts. A file may replace `account` or `key` with `extend`.
 */
export function withServer(settings: Settings = {}, args: readonly string[] = []) {
  return (
    test
      .extend('settings', FILE, settings)
      .extend('home', FILE, ({ settings }, fixture) => keep(temporaryHome(settings), fixture))
      /** An id. `key` is of this account. */
      .extend('account', FILE, ({ home }) => openedAccount(home, 'Ada'))
      .extend('key', FILE, async ({ home, account }) => (await issued(home, account)).key)
      .extend('server', FILE, async ({ home, account: _account }, fixture) =>
        keep(await serveHttp(home, {}, { args }), fixture),
      )
      /** Opens another account, and issues a key of it. */
      .extend('keyFor', FILE, ({ home }) => async (name: string, options?: KeyOptions) => {
        return await issued(home, await openedAccount(home, name), options)
      })
  )
}

type Cleanup = { onCleanup: (close: () => void | PromiseLike<void>) => void }

/** Closes what a fixture has opened when its scope ends. */
export function keep<T extends Disposable | AsyncDisposable>(opened: T, { onCleanup }: Cleanup): T {
  onCleanup(() =>
    Symbol.dispose in opened ? opened[Symbol.dispose]() : opened[Symbol.asyncDispose](),
  )
  return opened
}

import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'

/** Debian's user of PostgreSQL, which does not run as root. Undefined where we are not root ourselves. */
const USER = process.getuid?.() === 0 ? idsOf('postgres') : {}

function idsOf(user: string): { uid?: number; gid?: number } {
  const id = (flag: string): number =>
    Number(spawnSync('id', [flag, user], { encoding: 'utf8' }).stdout)
  return { uid: id('-u'), gid: id('-g') }
}

/** Gives a folder and what is in it to the user of PostgreSQL. */
export function giveToPostgres(folder: string): void {
  if (USER.uid !== undefined) spawnSync('chown', ['-R', 'postgres:', folder])
}

/** Starts a program as the user of PostgreSQL. However this process ends, the program is told to end, too. */
export function startAsPostgres(command: string, args: readonly string[], env = {}): ChildProcess {
  return spawn('setpriv', ['--pdeathsig', 'TERM', command, ...args], {
    ...USER,
    env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', ...env },
    stdio: 'ignore',
  })
}

/** Runs a program as the user of PostgreSQL to its end. Throws if it fails. */
export function ranAsPostgres(command: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, [...args], { ...USER, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} failed: ${stderr}`)
}

/** Kills a process and waits for its end. */
export async function kill(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill(signal)
  await ended
}

/** Waits until something holds, and returns how long that took, in milliseconds. Throws after a minute and a half. */
export async function until(what: string, holds: () => Promise<boolean>): Promise<number> {
  const begun = performance.now()
  while (!(await holds().catch(() => false))) {
    if (performance.now() > begun + 90_000) throw new Error(`waited in vain for ${what}`)
    await sleep(100)
  }
  return performance.now() - begun
}

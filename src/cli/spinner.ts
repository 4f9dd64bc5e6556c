/** Tells a person at a terminal that a command is still at work, and what it does. */
export type Spinner = { stage: (message: string) => void; stop: () => void }

/** A command that ends sooner shows nothing. */
const SHOW_AFTER_MS = 1_000

const ID = /\bgen_\w+/

/**
 * Shows seconds, stage and id of the work on stderr while it takes longer than a second. A new stage begins again after
 * a stop. Shows nothing where stderr is no terminal.
 */
export function startSpinner(first: string): Spinner {
  if (!process.stderr.isTTY) return { stage: () => {}, stop: () => {} }
  const startedAt = performance.now()
  let [now, id] = ['', '']
  let end: (() => void) | null = null
  const stage = (message: string): void => {
    id = ID.exec(message)?.[0] ?? id
    now = message
    end ??= spinLater(text)
  }
  const stop = (): void => {
    end?.()
    end = null
  }
  stage(first)
  return { stage, stop }

  function text(): string {
    const seconds = `${Math.floor((performance.now() - startedAt) / 1000)} s`
    return [seconds, now, ...(now.includes(id) ? [] : [id])].join(' · ')
  }
}

/** Starts to spin in a second, and returns what ends it. */
function spinLater(text: () => string): () => void {
  let end = (): void => clearTimeout(timer)
  const timer = setTimeout(() => void spin(), SHOW_AFTER_MS)
  return () => end()

  async function spin(): Promise<void> {
    let isOver = false
    end = () => (isOver = true)
    const [{ default: yoctoSpinner }, { default: cut }] = await Promise.all([
      import('yocto-spinner'),
      import('cli-truncate'),
    ])
    if (isOver) return
    const shown = (): string => cut(text(), process.stderr.columns - 3) // the spinner, a space and the cursor
    const spinner = yoctoSpinner({ text: shown(), handleSignals: false }).start()
    const tick = setInterval(() => (spinner.text = shown()), SHOW_AFTER_MS)
    end = () => {
      clearInterval(tick)
      spinner.stop()
    }
  }
}

import { InvalidArgumentError } from 'commander'

/** Reads a whole number option between two bounds; anything else is wrong usage (exit code 2). */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
    if (value >= min && value <= max) return value
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`)
  }
}

/** The line under every report of an account that is nearly out of credits. */
export const LOW_BALANCE_LINE = '  ⚠ Low balance — run inkwell billing buy to add credits'

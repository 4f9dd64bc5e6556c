/**
 * Whether this machine stands in for a priced model, in test mode: then it does what it can, says what it
 * cannot, and refuses nothing for want of ability. Its own models (`local/…`) refuse.
 */
export function standsIn(model: string): boolean {
  return !model.startsWith('local/')
}

import { SIGNUP_GRANT } from '../../src/ledger/rules.ts'
import { display, displayCents } from '../../src/money.ts'
import {
  CATALOG,
  DEFAULT_MODELS,
  UNLISTED_PRICE,
  type Operation,
} from '../../src/pricing/catalog.ts'
import {
  BONUS_FROM,
  BONUS_PERCENT,
  PURCHASE_MAX,
  PURCHASE_MIN,
} from '../../src/pricing/purchases.ts'
import type { Tool } from '../../src/tools/tool.ts'
import { code, table } from './markdown.ts'

/** What a tool does, in the words of the README. */
const DOES: Readonly<Record<string, string>> = {
  generateImage: 'new images from a prompt',
  editImage: 'changes an image as a prompt says',
  removeBackground: 'cuts the subject out',
  upscale: 'enlarges 1 to 8 times',
  run: 'any other model: video, speech, music',
  getGeneration: 'how a long call stands, and its files',
  viewImage: 'shows an earlier image again, small',
  findImages: 'finds earlier images by their prompt',
  checkUsage: 'balance, budgets, what was spent',
  buyCredits: 'a payment link for a person',
}

/** Every tool with what it costs. Throws where one has no words. */
export function toolTable(tools: readonly Tool[]): string {
  const rows = tools.map(({ name, kind }) => {
    const does = DOES[name]
    if (does === undefined) throw new Error(`scripts/docs/amounts.ts says nothing of ${name}`)
    return [code(name), does, kind === 'pays' ? usualPrice(name as Operation) : 'free']
  })
  return table(['tool', 'what it does', 'price with the default model'], rows)
}

function usualPrice(operation: Operation): string {
  if (operation === 'run') return 'by model'
  const model = CATALOG.find(({ id }) => id === DEFAULT_MODELS[operation])
  if (model === undefined) throw new Error(`the default of ${operation} has no price`)
  return `${display(model.price)} an image`
}

export function unlistedAndGrant(): string {
  return `Any other fal.ai model id costs ${display(UNLISTED_PRICE)}, unless \`INKWELL_UNKNOWN_MODELS\` says otherwise. Every new account starts with ${display(SIGNUP_GRANT)}.`
}

export function purchaseRules(): string {
  return `A purchase is ${displayCents(PURCHASE_MIN)} to ${displayCents(PURCHASE_MAX)} in whole cents; ${displayCents(BONUS_FROM)} and more bring ${BONUS_PERCENT} % more credits.`
}

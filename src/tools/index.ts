import type { RateCard } from '../pricing/find-model.ts'
import { buyCredits } from './buy-credits.ts'
import { checkUsage } from './check-usage.ts'
import { editImage } from './edit-image.ts'
import { findImages } from './find-images.ts'
import { generateImage } from './generate-image.ts'
import { getGeneration } from './get-generation.ts'
import { TOOL_NAMES, type ToolName } from './names.ts'
import { removeBackground } from './remove-background.ts'
import { run } from './run.ts'
import type { Tool } from './tool.ts'
import { upscale } from './upscale.ts'
import { viewImage } from './view-image.ts'

const TOOLS = {
  generateImage,
  editImage,
  removeBackground,
  upscale,
  run,
  getGeneration: () => getGeneration,
  viewImage: () => viewImage,
  findImages: () => findImages,
  checkUsage: () => checkUsage,
  buyCredits: () => buyCredits,
} satisfies Record<ToolName, (rates: RateCard) => Tool>

const toolsByRates = new WeakMap<RateCard, readonly Tool[]>()

/** Returns the tools of a server. Their descriptions show the prices of its rate card. */
export function toolsFor(rates: RateCard): readonly Tool[] {
  const known = toolsByRates.get(rates)
  if (known !== undefined) return known
  const tools = TOOL_NAMES.map((name) => TOOLS[name](rates))
  toolsByRates.set(rates, tools)
  return tools
}

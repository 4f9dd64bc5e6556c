import { buyCredits } from './buy-credits.ts'
import { checkUsage } from './check-usage.ts'
import { editImage } from './edit-image.ts'
import { findImages } from './find-images.ts'
import { generateImage } from './generate-image.ts'
import { getGeneration } from './get-generation.ts'
import { removeBackground } from './remove-background.ts'
import { run } from './run.ts'
import type { Tool } from './tool.ts'
import { upscale } from './upscale.ts'
import { viewImage } from './view-image.ts'

/** The ten tools, in the order in which clients list them. */
export const TOOLS: readonly Tool[] = [
  generateImage,
  editImage,
  removeBackground,
  upscale,
  run,
  getGeneration,
  viewImage,
  findImages,
  checkUsage,
  buyCredits,
]

/** The names of all tools, in the order in which clients list them. */
export const TOOL_NAMES = [
  'generateImage',
  'editImage',
  'removeBackground',
  'upscale',
  'run',
  'getGeneration',
  'viewImage',
  'findImages',
  'checkUsage',
  'buyCredits',
] as const

export type ToolName = (typeof TOOL_NAMES)[number]

/** The `ui://` resource that shows results of `checkUsage` inside a chat. */
export const USAGE_VIEW = 'ui://inkwell/usage.html'

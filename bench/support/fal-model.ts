/** The model of live calls. */
export const MODEL = 'fal-ai/flux/schnell'

/** `test`: this machine makes placeholder images for test credits. `live`: paid work goes to fal.ai. */
export type Mode = 'test' | 'live'

/** `test` draws on this machine with test credits; `live` sends paid work to fal.ai. */
export type Mode = 'test' | 'live'

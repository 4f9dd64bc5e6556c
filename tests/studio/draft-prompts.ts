import { PAGES_AND_PEOPLE } from './prompts/pages-and-people.ts'
import type { DraftPrompt } from './prompts/prompt.ts'
import { STATES_TO_BANNERS } from './prompts/states-to-banners.ts'

/**
 * Sixty prompts as agents send them, each with what must be true of its picture. `npm run gallery` draws the sheets of
 * docs/gallery from this table.
 */
export const DRAFT_PROMPTS: readonly DraftPrompt[] = [...PAGES_AND_PEOPLE, ...STATES_TO_BANNERS]

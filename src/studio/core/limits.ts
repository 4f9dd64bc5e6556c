/** Shortest and longest side of a draft, in pixels. */
export const DRAFT_SIDES = [64, 4096] as const
/** Longest side that an edit may make, in pixels. */
export const EDITED_SIDE_MAX = 4096

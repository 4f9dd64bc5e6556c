const STEP = 1024
const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** Formats a number of bytes for people, rounded down to one decimal: `812 bytes`, `12.5 MiB`, `1 GiB`. */
export function displayBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  for (; value >= STEP && unit < UNITS.length - 1; unit += 1) value /= STEP
  return `${Math.floor(value * 10) / 10} ${UNITS[unit]}`
}

const SCALES: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: STEP,
  MiB: STEP ** 2,
  GiB: STEP ** 3,
  TiB: STEP ** 4,
}

/** Parses a whole number of bytes, with or without a unit: `1073741824`, `500MB`, `1GiB`. Returns null for any other text. */
export function parseBytes(text: string): number | null {
  const [, digits = '', unit = ''] = /^(\d{1,15})([KMGT]?i?B)?$/.exec(text) ?? []
  const bytes = Number(digits) * (SCALES[unit] ?? Number.NaN)
  return digits !== '' && Number.isSafeInteger(bytes) ? bytes : null
}

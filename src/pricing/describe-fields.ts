import type { Field, Fields, FieldRule } from './run-fields.ts'

/** Returns one line for each field that `run` may pass to a model: name, allowed values and purpose. */
export function describeFields(fields: Fields): string[] {
  return Object.entries(fields).map(([name, field]) => {
    const requirement = requirementOf(field)
    return `${name} (${boundsOf(field)}${requirement}): ${field.about}`
  })
}

function requirementOf({ required }: Field): string {
  if (required === undefined) return ''
  return required === true ? ', required' : `, required without ${required}`
}

function boundsOf(field: FieldRule): string {
  switch (field.kind) {
    case 'text':
      return `text up to ${field.max} characters`
    case 'number':
      return `${field.whole ? 'whole number' : 'number'}${rangeOf(field)}`
    case 'flag':
      return 'true or false'
    case 'choice':
      return field.values.join(' | ')
    case 'seconds':
      return `${field.offered.join(' | ')} seconds, ${field.defaultSeconds} where left out`
    case 'size':
      return `size up to ${Math.floor(field.pixels / 1_000_000)} megapixels`
    case 'list':
      return `list of at most ${field.max}`
    case 'object':
      return 'object'
  }
}

function rangeOf({ min, max }: { min?: number; max?: number }): string {
  if (min === undefined) return max === undefined ? '' : ` up to ${max}`
  return max === undefined ? ` from ${min}` : ` ${min}–${max}`
}

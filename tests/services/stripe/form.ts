type Form = { [key: string]: Form | string }

/** Reads Stripe's way of sending objects and lists: `line_items[0][quantity]=1&expand[]=invoice`. */
export function readForm(text: string): unknown {
  const form: Form = {}
  for (const [name, value] of new URLSearchParams(text)) {
    const keys = [...name.matchAll(/^[^[]+|\[([^\]]*)\]/g)].map(([whole, inner]) => inner ?? whole)
    put(form, keys, value)
  }
  return listed(form)
}

function put(form: Form, [first = '', ...rest]: string[], value: string): void {
  const key = first === '' ? String(Object.keys(form).length) : first
  if (rest.length === 0) {
    form[key] = value
    return
  }
  const inner = form[key]
  const next = typeof inner === 'object' ? inner : {}
  form[key] = next
  put(next, rest, value)
}

/** An object whose keys count from 0 is a list. */
function listed(value: Form | string): unknown {
  if (typeof value === 'string') return value
  const keys = Object.keys(value)
  const values = Object.values(value).map(listed)
  if (keys.length > 0 && keys.every((key, place) => key === String(place))) return values
  return Object.fromEntries(keys.map((key, place) => [key, values[place]]))
}

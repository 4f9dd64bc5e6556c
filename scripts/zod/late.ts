type Definition = object

/** What zod adds to a schema when it prepares it. */
type Internals = { deferred?: (() => void)[] | undefined; constr: unknown }

/** Where a schema that is not prepared has its definition. */
const DEFINITION = Symbol('definition')

type Schema = { _zod: Internals; [DEFINITION]?: Definition | undefined }

type Kind = {
  new (definition: Definition): Schema
  prototype: object
  init(schema: Schema, definition: Definition): void
}

/** zod's own function that makes a kind of schema, such as `ZodString`. */
type MakeKind = (
  name: string,
  initializer: unknown,
  members?: unknown,
  options?: { Parent?: unknown },
) => Kind

/** What all schemas have. A library may add methods, which zod then copies into each schema it prepares. */
let common: object = {}

/**
 * Returns a `makeKind` whose schemas are cheap until they are used. zod prepares a schema when it is made, with a dozen
 * objects and functions; but of some thousand that libraries declare, a start uses few. Here, a schema at first has its
 * definition only, and is prepared when somebody asks for more. The first schema of each kind is prepared at once,
 * because zod then completes the prototype of the kind.
 */
export function late(makeKind: MakeKind): MakeKind {
  return (name, initializer, members, options) => {
    const kind = makeKind(name, initializer, members, options)
    if (name === 'ZodType') common = kind.prototype
    const isSchema = name.startsWith('Zod') && options?.Parent === undefined
    return isSchema ? lateKind(kind) : kind
  }
}

function lateKind(kind: Kind): Kind {
  let isComplete = false
  function Late(this: Schema, definition: Definition): void {
    if (isComplete && !isExtended()) {
      this[DEFINITION] = definition
      return
    }
    Reflect.apply(kind, this, [definition])
    this._zod.constr = Late // makes copies
    if (!isComplete) prepareWhenAsked(this, kind)
    isComplete = true
  }
  return Object.defineProperties(Late, Object.getOwnPropertyDescriptors(kind)) as unknown as Kind
}

/** Whether a library has added methods. From then on, schemas are prepared at once, because each needs its copies. */
function isExtended(): boolean {
  for (const _ in common) return true
  return false
}

/** Puts what a schema has once it is prepared on its prototype: whoever asks for any of it first gets it prepared. */
function prepareWhenAsked(first: Schema, kind: Kind): void {
  const copies = first._zod.constr
  const prepare = (schema: Schema, definition: Definition): void => {
    schema[DEFINITION] = undefined
    kind.init(schema, definition)
    schema._zod.constr = copies
    for (const complete of schema._zod.deferred ?? []) complete()
    schema._zod.deferred = undefined
  }
  for (const key of Object.getOwnPropertyNames(first)) {
    if (key in kind.prototype) continue
    Object.defineProperty(kind.prototype, key, {
      configurable: true,
      get(this: Schema) {
        const definition = this[DEFINITION]
        if (definition === undefined) return undefined
        prepare(this, definition)
        return Reflect.get(this, key)
      },
      set(this: Schema, value: unknown) {
        const shown = { configurable: true, writable: true, enumerable: true, value }
        Object.defineProperty(this, key, shown)
      },
    })
  }
}

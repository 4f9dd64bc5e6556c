/** A place in a FlatBuffers file: a table, or the start of a field in it. */
export type Table = number

/**
 * Reads FlatBuffers (https://flatbuffers.dev/internals): tables whose fields are found by number
 * through a list of offsets, little endian. A field that is left out has its default.
 */
export function readFlatbuffer(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

  /** Where a field of a table stands; null where it is left out. */
  function field(table: Table, number: number): number | null {
    const offsets = table - view.getInt32(table, true)
    if (4 + number * 2 >= view.getUint16(offsets, true)) return null
    const offset = view.getUint16(offsets + 4 + number * 2, true)
    return offset === 0 ? null : table + offset
  }
  const follow = (at: number) => at + view.getUint32(at, true)

  function list(table: Table, number: number): { start: number; length: number } {
    const at = field(table, number)
    if (at === null) return { start: 0, length: 0 }
    const vector = follow(at)
    return { start: vector + 4, length: view.getUint32(vector, true) }
  }
  function each<T>(table: Table, number: number, read: (at: number) => T): T[] {
    const { start, length } = list(table, number)
    return Array.from({ length }, (_, index) => read(start + index * 4))
  }

  return {
    root: follow(0),
    integer(table: Table, number: number, size: 1 | 4): number {
      const at = field(table, number)
      if (at === null) return 0
      return size === 1 ? view.getInt8(at) : view.getInt32(at, true)
    },
    table(parent: Table, number: number): Table | null {
      const at = field(parent, number)
      return at === null ? null : follow(at)
    },
    tables: (parent: Table, number: number) => each(parent, number, follow),
    integers: (parent: Table, number: number) =>
      each(parent, number, (at) => view.getInt32(at, true)),
    bytes(parent: Table, number: number): Uint8Array {
      const { start, length } = list(parent, number)
      return bytes.subarray(start, start + length)
    },
  }
}

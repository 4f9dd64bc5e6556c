import { bodyOf, type Call, type Host, type EmulatorContext, type Incoming } from './context.ts'
import { json, type Reply } from './reply.ts'

const PART = /^(?<base>\/files\/b\/[^/]+\/[^/]+)\/(?<part>\d+|complete)$/

/** v3b.fal.media: takes signed uploads and hands files to anybody, without a key. */
export const fileHost: Host = (context, incoming) => {
  const { method, path } = incoming
  if (method === 'GET') {
    const endpoint = context.store.at(path)?.endpoint ?? null
    return { stage: 'file', endpoint, guarded: false, answer: () => download(context, path) }
  }
  const put = (answer: () => Reply): Call => ({
    stage: 'put',
    endpoint: null,
    guarded: false,
    answer,
  })
  const { base, part } = PART.exec(path)?.groups ?? {}
  if (base !== undefined && part !== undefined) {
    const isEnd = part === 'complete'
    if (method !== (isEnd ? 'POST' : 'PUT')) return null
    return put(() =>
      isEnd ? complete(context, incoming, base) : takePart(context, incoming, base),
    )
  }
  return method === 'PUT' ? put(() => takeWhole(context, incoming)) : null
}

function download({ store }: EmulatorContext, path: string): Reply {
  const file = store.at(path)
  if (file === undefined || file.expired) return json(404, { detail: 'File not found' })
  return { status: 200, headers: { 'content-type': file.contentType }, body: file.bytes }
}

function takeWhole(context: EmulatorContext, incoming: Incoming): Reply {
  return keep(context, incoming, incoming.path, () => incoming.body)
}

function takePart(context: EmulatorContext, incoming: Incoming, base: string): Reply {
  const upload = signed(context, incoming, base)
  if (upload === undefined) return refused()
  const partNumber = Number(incoming.path.slice(base.length + 1))
  upload.parts.set(partNumber, incoming.body)
  return json(200, { partNumber, etag: `"${partNumber}-${incoming.body.length}"` })
}

function complete(context: EmulatorContext, incoming: Incoming, base: string): Reply {
  if (bodyOf(incoming) === undefined) return json(400, { detail: 'parts are missing' })
  return keep(context, incoming, base, ({ parts }) =>
    Buffer.concat([...parts].toSorted(([a], [b]) => a - b).map(([, bytes]) => bytes)),
  )
}

type Upload = NonNullable<ReturnType<EmulatorContext['uploads']['get']>>

function keep(
  context: EmulatorContext,
  incoming: Incoming,
  path: string,
  bytesOf: (upload: Upload) => Buffer,
): Reply {
  const upload = signed(context, incoming, path)
  if (upload === undefined) return refused()
  const bytes = bytesOf(upload)
  upload.bytes = bytes.length
  context.store.keep({ path, contentType: upload.contentType, bytes, endpoint: null })
  return { status: 200, headers: {}, body: Buffer.alloc(0) }
}

function signed(
  { uploads }: EmulatorContext,
  { query }: Incoming,
  path: string,
): Upload | undefined {
  const upload = uploads.get(path)
  return upload?.signature === query.get('signature') ? upload : undefined
}

function refused(): Reply {
  return json(403, { detail: 'The signature does not match.' })
}

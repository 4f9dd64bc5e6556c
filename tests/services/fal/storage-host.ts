import { randomBytes } from 'node:crypto'
import { isRecord } from './check.ts'
import { bodyOf, header, type Host, type EmulatorContext, type Incoming } from './context.ts'
import { json, type Reply } from './reply.ts'
import { FILE_HOST, newPath } from './store.ts'

const INITIATE = ['/storage/upload/initiate', '/storage/upload/initiate-multipart']

/** rest.fal.ai: announces an upload and answers where its bytes go. */
export const storageHost: Host = (context, incoming) => {
  if (incoming.method !== 'POST' || !INITIATE.includes(incoming.path)) return null
  return {
    stage: 'upload',
    endpoint: null,
    guarded: true,
    answer: () => initiate(context, incoming),
  }
}

function initiate({ uploads }: EmulatorContext, incoming: Incoming): Reply {
  const posted = bodyOf(incoming)
  const asked = isRecord(posted) ? posted : {}
  const name = typeof asked['file_name'] === 'string' ? asked['file_name'] : 'file.bin'
  const contentType =
    typeof asked['content_type'] === 'string' ? asked['content_type'] : 'application/octet-stream'
  const path = newPath(name)
  const fileUrl = `https://${FILE_HOST}${path}`
  const signature = randomBytes(16).toString('hex')
  uploads.set(path, {
    fileUrl,
    name,
    contentType,
    lifecycle:
      header(incoming, 'x-fal-object-lifecycle-preference') ??
      header(incoming, 'x-fal-object-lifecycle'),
    bytes: null,
    signature,
    parts: new Map(),
  })
  return json(200, { file_url: fileUrl, upload_url: `${fileUrl}?signature=${signature}` })
}

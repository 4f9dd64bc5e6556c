import { ConfigError } from '../errors.ts'

/** A bucket of S3-compatible object storage, with the start of all its paths. */
export type Bucket = {
  /** What rows call it: `s3://bucket/prefix?endpoint=…`, unless it has a name of its own. */
  name: string
  bucket: string
  /** Empty, or ends with a slash. */
  prefix: string
  region: string
  /** The service; null for AWS. */
  endpoint: string | null
  /** Whether the bucket is a part of the path, and not of the host name. */
  isInPath: boolean
  /** Where clients reach the service; null where links lead to this server, which then passes the files on. */
  links: string | null
}

/** The keys of a service. */
export type S3Keys = { accessKeyId: string; secretAccessKey: string; sessionToken?: string }

const FORM =
  's3://bucket/prefix?endpoint=https://…&region=…, where the prefix and what follows may be left out'

/** Reads `s3://bucket/prefix?endpoint=…&region=…&path_style=on|off&links=off|https://…&name=…`. */
export function outputStore(text: string, name: string): Bucket {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url?.protocol !== 's3:' || !/^[a-z\d][a-z\d.-]{1,61}[a-z\d]$/.test(url.host))
    throw new ConfigError(`${name} must be ${FORM}.`)
  if (url.username !== '' || url.hash !== '')
    throw new ConfigError(`${name} holds no keys: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY do.`)
  const asked = url.searchParams
  const unknown = [...asked.keys()].find((key) => !PARAMETERS.includes(key))
  if (unknown !== undefined)
    throw new ConfigError(`${name} has a parameter that is none of ${PARAMETERS.join(', ')}.`)
  const style = asked.get('path_style')
  if (style !== null && style !== 'on' && style !== 'off')
    throw new ConfigError(`${name} (path_style) must be on or off.`)
  const path = url.pathname.replace(/^\/+|\/+$/g, '')
  if (path !== '' && !/^[\w.-]+(\/[\w.-]+)*$/.test(path))
    throw new ConfigError(`${name} must have a prefix of letters, digits and . _ - /.`)
  const called = asked.get('name') ?? ''
  if (!/^(s3:\/\/[!-~]{1,300})?$/.test(called))
    throw new ConfigError(`${name} (name) must begin with s3://, as the ledger calls the store.`)
  const endpoint = origin(asked.get('endpoint'), `${name} (endpoint)`)
  const region = asked.get('region') ?? 'us-east-1'
  const { host: bucket } = url
  const links = asked.get('links')
  return {
    name:
      called ||
      `s3://${bucket}${path && `/${path}`}${endpoint === null ? '' : `?endpoint=${endpoint}`}`,
    bucket,
    prefix: path === '' ? '' : `${path}/`,
    region,
    endpoint,
    isInPath: (style ?? (endpoint === null ? 'off' : 'on')) === 'on',
    links:
      links === 'off'
        ? null
        : (origin(links, `${name} (links)`) ?? endpoint ?? `https://s3.${region}.amazonaws.com`),
  }
}

const PARAMETERS = ['endpoint', 'region', 'path_style', 'links', 'name']

/** Reads the origin of a service. Returns null if none is given. */
function origin(text: string | null, name: string): string | null {
  if (text === null || text === '') return null
  const url = URL.canParse(text) ? new URL(text) : null
  if (url !== null && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`)
    return url.origin
  throw new ConfigError(`${name} must be the origin of a service, such as https://host.example.`)
}

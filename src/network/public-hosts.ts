import type { RequestOptions } from 'node:https'
import type { LookupFunction } from 'node:net'
import { isPublicAddress } from './public-address.ts'

/** Replacements for parts of the network, so that tests stay on one machine. */
export type Hosts = {
  isPublic?: (address: string) => boolean | Promise<boolean>
  lookup?: (hostname: string) => Promise<string[]>
  ca?: string
}

/** Names of this machine, which are not looked up. */
const LOCAL_NAME = /(^|\.)localhost$/

/**
 * Returns the addresses of a URL's host; none if one of them is not on the public internet. Rejects if the name does
 * not resolve.
 */
export async function publicAddresses(url: URL, hosts: Hosts): Promise<string[]> {
  const { isPublic = isPublicAddress } = hosts
  const addresses = await addressesOf(hostOf(url), hosts)
  for (const address of addresses) if (!(await isPublic(address))) return []
  return addresses
}

/** Returns whether one sees where a URL leads without looking its host up: an address, or a name of this machine. */
export async function showsItsAddress(url: URL): Promise<boolean> {
  const { isIP } = await import('node:net')
  const host = hostOf(url)
  return isIP(host) !== 0 || LOCAL_NAME.test(host)
}

/** Returns the options of an https request that connects to these addresses only, whatever its host resolves to by then. */
export async function pinnedTo(addresses: string[], { ca }: Hosts): Promise<RequestOptions> {
  return {
    agent: false, // A shared agent could reuse a connection to an unchecked address.
    lookup: await pinnedLookup(addresses),
    rejectUnauthorized: true,
    ...(ca === undefined ? {} : { ca }),
  }
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
}

async function addressesOf(host: string, { lookup = resolveAll }: Hosts): Promise<string[]> {
  const { isIP } = await import('node:net')
  if (isIP(host) !== 0) return [host]
  return LOCAL_NAME.test(host) ? [] : await lookup(host)
}

async function resolveAll(hostname: string): Promise<string[]> {
  const { lookup } = await import('node:dns/promises')
  const found = await lookup(hostname, { all: true })
  return found.map(({ address }) => address)
}

/** Returns a lookup function that resolves every name to these addresses. */
async function pinnedLookup(addresses: string[]): Promise<LookupFunction> {
  const { isIP } = await import('node:net')
  const records = addresses.map((address) => ({ address, family: isIP(address) }))
  return (_hostname, { all }, callback) => {
    const [first] = records
    if (all === true) callback(null, records)
    else callback(null, first?.address ?? '', first?.family)
  }
}

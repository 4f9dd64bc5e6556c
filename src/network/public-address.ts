/**
 * Returns whether an IP address is on the public internet. False for loopback, private, link-local, shared (CGNAT),
 * multicast, reserved and tunnelled addresses, and for a text that is not an address. An IPv4 address inside an IPv6
 * address (mapped, NAT64) is checked as IPv4.
 */
export async function isPublicAddress(address: string): Promise<boolean> {
  const { default: ipaddr } = await import('ipaddr.js')
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.parse(address)
  if (parsed.kind() === 'ipv4') return isPublicV4(parsed)
  const bytes = parsed.toByteArray()
  const isMapped = startsWith(bytes, [...ZEROS.slice(0, 10), 0xff, 0xff])
  const isNat64 = startsWith(bytes, [0x00, 0x64, 0xff, 0x9b, ...ZEROS.slice(0, 8)])
  if (isMapped || isNat64) {
    return isPublicV4(ipaddr.fromByteArray(bytes.slice(12)))
  }
  // Only 2000::/3 is allocated. This also refuses ::a.b.c.d, which the library calls unicast.
  return parsed.range() === 'unicast' && ((bytes[0] ?? 0) & 0xe0) === 0x20
}

/** The host of a virtual machine at Azure: it serves secrets at an address that looks public. */
const AZURE_HOST = '168.63.129.16'

function isPublicV4(address: { range(): string; toString(): string }): boolean {
  return address.range() === 'unicast' && address.toString() !== AZURE_HOST
}

const ZEROS = Array.from({ length: 16 }, () => 0)

function startsWith(bytes: number[], prefix: number[]): boolean {
  return prefix.every((byte, index) => bytes[index] === byte)
}

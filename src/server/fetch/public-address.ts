/**
 * Which addresses are somebody's on the public internet. Invariant: what is not known to be public is not; a text that
 * is no address, and every kind of address within another, are refused.
 */
import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** IANA's special-purpose registry, and what clouds answer their own machines on. */
const NOT_PUBLIC_V4: [network: string, prefix: number][] = [
  ['0.0.0.0', 8], // this network
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // carriers' translation; one cloud's metadata
  ['127.0.0.0', 8], // loopback
  ['168.63.129.16', 32], // one cloud's host, by a public number
  ['169.254.0.0', 16], // link-local; metadata
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // protocol assignments
  ['192.0.2.0', 24], // documentation
  ['192.31.196.0', 24], // AS112
  ['192.52.193.0', 24], // AMT
  ['192.88.99.0', 24], // 6to4 relays
  ['192.168.0.0', 16], // private
  ['192.175.48.0', 24], // AS112
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, broadcast
];

/** What may be public of IPv6; loopback, link-local, unique local, mapped, NAT64 and multicast are outside of it. */
const GLOBAL_UNICAST = { network: '2000::', prefix: 3 };

const NOT_PUBLIC_V6: [network: string, prefix: number][] = [
  ['2001::', 23], // protocol assignments: Teredo, ORCHID, benchmarks
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4: an IPv4 address within
  ['2620:4f:8000::', 48], // AS112
  ['3fff::', 20], // documentation
];

const blocked = new BlockList();
for (const [network, prefix] of NOT_PUBLIC_V4) blocked.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of NOT_PUBLIC_V6) blocked.addSubnet(network, prefix, 'ipv6');

const global = new BlockList();
global.addSubnet(GLOBAL_UNICAST.network, GLOBAL_UNICAST.prefix, 'ipv6');

/** @param address As a resolver gives it: without brackets. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !blocked.check(address, 'ipv4');
  return (
    isIPv6(address) &&
    !address.includes('%') &&
    global.check(address, 'ipv6') &&
    !blocked.check(address, 'ipv6')
  );
}

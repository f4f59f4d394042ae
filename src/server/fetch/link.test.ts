import { expect, test } from 'vitest';
import { AppError } from '#core/errors.ts';
import { createFetcher } from './fetcher.ts';
import { readLink, sourceOf } from './link.ts';
import { isPublicAddress } from './public-address.ts';

/** What a name server says of these names; others it does not know. */
const NAMES: Record<string, string[]> = {
  'public.example.org': ['93.184.216.34'],
  'both.example.org': ['2606:2800:220:1::1', '93.184.216.34'],
  'loopback.example.org': ['127.0.0.1'],
  'private.example.org': ['10.0.0.5'],
  'mixed.example.org': ['93.184.216.34', '192.168.0.1'],
  'mapped.example.org': ['::ffff:93.184.216.34'],
  'six.example.org': ['fd12:3456:789a::1'],
  'metadata.google.internal.example.org': ['169.254.169.254'],
  'none.example.org': [],
};

const REFUSED = [
  // Not https, not plain.
  'http://public.example.org/a.png',
  'ftp://public.example.org/a.png',
  'file:///etc/passwd',
  'gopher://public.example.org/',
  'javascript:alert(1)',
  'data:image/png;base64,AAAA',
  'blob:https://public.example.org/1',
  'public.example.org/a.png',
  'https://',
  'https://public.example.org:8443/a.png',
  'https://public.example.org:80/a.png',
  'https://user@public.example.org/a.png',
  'https://user:secret@public.example.org/a.png',
  'https://public.example.org@10.0.0.1/',
  // IPv4, written in every way.
  'https://127.0.0.1/',
  'https://127.1/',
  'https://2130706433/',
  'https://0x7f000001/',
  'https://0x7f.0.0.1/',
  'https://0177.0.0.1/',
  'https://017700000001/',
  'https://127.0.0.1./',
  'https://１２７.０.０.１/',
  'https://%31%32%37.0.0.1/',
  'https:\\\\127.0.0.1\\a.png',
  'https://0.0.0.0/',
  'https://10.255.255.255/',
  'https://100.100.100.200/',
  'https://168.63.129.16/',
  'https://169.254.169.254/latest/meta-data/',
  'https://172.16.0.1/',
  'https://172.31.255.255/',
  'https://192.0.0.192/',
  'https://192.0.2.1/',
  'https://192.168.1.1/',
  'https://198.18.0.1/',
  'https://198.51.100.1/',
  'https://203.0.113.1/',
  'https://224.0.0.1/',
  'https://255.255.255.255/',
  // IPv6.
  'https://[::]/',
  'https://[::1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:93.184.216.34]/',
  'https://[::127.0.0.1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://[64:ff9b:1::a00:1]/',
  'https://[100::1]/',
  'https://[2001::1]/',
  'https://[2001:db8::1]/',
  'https://[2002:7f00:1::]/',
  'https://[3fff::1]/',
  'https://[5f00::1]/',
  'https://[fc00::1]/',
  'https://[fd00:ec2::254]/',
  'https://[fe80::1]/',
  'https://[fec0::1]/',
  'https://[ff02::1]/',
  // Names.
  'https://localhost/',
  'https://LOCALHOST./',
  'https://a.localhost/',
  'https://printer.local/',
  'https://metadata.google.internal/computeMetadata/v1/',
  'https://kubernetes/',
  'https://redis.svc.cluster.local/',
  'https://nas.lan/',
  'https://router.home.arpa/',
  'https://loopback.example.org/',
  'https://private.example.org/',
  'https://mixed.example.org/',
  'https://mapped.example.org/',
  'https://six.example.org/',
  'https://metadata.google.internal.example.org/',
  'https://none.example.org/',
  'https://unknown.example.org/',
];

const ALLOWED: [url: string, address: string][] = [
  ['https://public.example.org/a.png?size=large#part', '93.184.216.34'],
  ['https://PUBLIC.example.org.:443/a.png', '93.184.216.34'],
  ['https://both.example.org/', '93.184.216.34'],
  ['https://93.184.216.34/', '93.184.216.34'],
  ['https://[2606:2800:220:1::1]/', '2606:2800:220:1::1'],
  ['https://172.32.0.1/', '172.32.0.1'],
];

/** How far a link comes: refused, or the first address that a connection is made to. */
async function follow(url: string): Promise<string> {
  const connected: string[] = [];
  const fetcher = createFetcher({
    folder: '/nowhere',
    network: {
      resolve: async (host) => NAMES[host] ?? Promise.reject(new Error('no such name')),
      connect: (address) => {
        connected.push(address);
        return Promise.reject(new Error('this test connects to nothing'));
      },
    },
  });
  try {
    await fetcher.probe(readLink(url), 'a library');
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code === 'LINK_REFUSED' && connected.length === 0) return 'refused';
  }
  return connected[0] ?? 'neither refused nor connected';
}

test('the table is long enough', () => {
  expect(new Set(REFUSED).size).toBeGreaterThan(60);
});

test.each(REFUSED)('%s is refused and nothing is connected to', async (url) => {
  expect(await follow(url)).toBe('refused');
});

test.each(ALLOWED)('%s is asked at %s', async (url, address) => {
  expect(await follow(url)).toBe(address);
});

test('what is no address is not public', () => {
  for (const text of [
    '',
    'localhost',
    '1',
    '127.0.0.1.',
    '[::1]',
    'fe80::1%eth0',
    '2606:2800::1%eth0',
    '1.2.3.4/8',
  ]) {
    expect.soft(isPublicAddress(text), text).toBe(false);
  }
});

const UUID = '0b9c6a52-3f1e-4d7a-9c1b-2f6d8e4a7c10';

test.each([
  [`https://a.example.org/images/${UUID}.png`, UUID],
  [`https://a.example.org/images/${UUID.toUpperCase()}.PNG?token=1#x`, UUID],
  [`https://a.example.org/generated-${UUID}.webp`, UUID],
  [`https://a.example.org/u/11111111-1111-4111-8111-111111111111/${UUID}`, UUID],
  [`https://a.example.org/${UUID}/original.png`, UUID],
  [`https://a.example.org/hash/${UUID}/public`, UUID],
  // Siblings under one UUID are several pictures.
  [`https://a.example.org/${UUID}/0_1.png`, null],
  [`https://a.example.org/${UUID}_2.png`, null],
  [`https://a.example.org/${UUID}-1024x1024.png`, null],
  [`https://a.example.org/users/${UUID}/pictures/a.png`, null],
  [`https://a.example.org/view?job=${UUID}&n=2`, null],
  ['https://a.example.org/00000000-0000-0000-0000-000000000000.png', null],
  ['https://a.example.org/a.png', null],
])('%s is of source %s', (url, uuid) => {
  expect(sourceOf(readLink(url)).sourceUuid).toBe(uuid);
});

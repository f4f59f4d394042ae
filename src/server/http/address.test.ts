import { expect, test } from 'vitest';
import { clientAddress, networkOf } from './address.ts';

test.each([
  ['without a proxy the header is not believed', '203.0.113.9', '198.51.100.1', 0, '203.0.113.9'],
  ['one proxy: what it appended', '10.0.0.1', '198.51.100.1, 203.0.113.9', 1, '203.0.113.9'],
  [
    'one proxy, and a client that forged a longer chain',
    '10.0.0.1',
    '1.1.1.1, 2.2.2.2, 203.0.113.9',
    1,
    '203.0.113.9',
  ],
  ['one proxy that appends ports', '10.0.0.1', '1.1.1.1, 203.0.113.9:51234', 1, '203.0.113.9'],
  ['and brackets', '10.0.0.1', '[2001:db8::1]:443', 1, '2001:db8::1'],
  ['one without', '10.0.0.1', '2001:db8::1', 1, '2001:db8::1'],
  ['two proxies', '10.0.0.2', '1.1.1.1, 203.0.113.9, 10.0.0.1', 2, '203.0.113.9'],
  ['more proxies counted than there are: the farthest that is known', '10.0.0.1', undefined, 3, '10.0.0.1'],
  ['no address at all: the peer', '10.0.0.1', 'unknown', 1, '10.0.0.1'],
])('%s', (_, peer, forwarded, proxies, expected) => {
  expect(clientAddress(peer, forwarded, proxies)).toBe(expected);
});

test.each([
  ['203.0.113.9', '203.0.113.9'],
  ['::ffff:203.0.113.9', '203.0.113.9'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::ffff', '2001:db8:1:2::/64'],
  ['2001:0db8::1', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
])('%s belongs to the network %s', (address, expected) => {
  expect(networkOf(address)).toBe(expected);
});

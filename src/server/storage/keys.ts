import { randomBytes } from 'node:crypto';
import { z } from 'zod';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/**
 * Where an object lies in a backend: 150 random bits, so that a key cannot be guessed and tells nothing about its
 * owner. Lower case only, since some file systems fold case. The first two parts spread objects over folders.
 */
export const StorageKey = z
  .string()
  .regex(/^[a-z2-7]{2}\/[a-z2-7]{2}\/[a-z2-7]{26}$/)
  .brand<'StorageKey'>();
export type StorageKey = z.infer<typeof StorageKey>;

export function newStorageKey(): StorageKey {
  const letters = Array.from(randomBytes(30), (byte) => ALPHABET.charAt(byte & 31)).join('');
  return StorageKey.parse(`${letters.slice(0, 2)}/${letters.slice(2, 4)}/${letters.slice(4)}`);
}

import { isIP } from 'node:net';
import { AppError } from '#core/errors.ts';
import { findSourceUuid } from '#core/source.ts';
import { isPublicAddress } from './public-address.ts';

/** A link that may be asked for, as far as its text can tell. */
export type Link = {
  url: URL;
  /** A name in lower case without its final dot, or an address without brackets. */
  host: string;
};

const KEPT = 'Nothing was fetched.';

export const refused = (why: string) => new AppError('LINK_REFUSED', `${why} ${KEPT}`, { field: 'url' });

/** One answer for whatever is not public, so that nobody learns from it what there is in a private network. */
export const notPublic = () =>
  refused(
    'This link leads to no public address on the internet: there is no such host, or it is private. Upload the file instead.',
  );

/** Names that are never public: RFC 6761, 6762, 7686, 8375, 9476, and what routers give out. */
const LOCAL_NAMES =
  /(^|\.)(localhost|local|localdomain|internal|intranet|private|corp|home|lan|home\.arpa|test|invalid|example|onion|alt)$/;

/**
 * @param base What a redirect's address is relative to.
 * @throws AppError LINK_REFUSED for what is not plain https to a public name or address.
 */
export function readLink(text: string, base?: URL): Link {
  if (!URL.canParse(text, base)) throw refused('This is not a link.');
  const url = new URL(text, base);
  if (url.protocol !== 'https:') throw refused('Only links that begin with https:// are fetched.');
  if (url.username !== '' || url.password !== '')
    throw refused('This link holds a user name or a password, which would be stored with it.');
  if (url.port !== '') throw refused('Only the usual port of https, 443, is asked.');
  url.hash = '';
  // The parser has turned every way to write an IPv4 address (decimal, octal, hexadecimal, short) into the usual one.
  const host = url.hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
  const mayBePublic =
    isIP(host) === 0 ? host.includes('.') && !LOCAL_NAMES.test(host) : isPublicAddress(host);
  if (!mayBePublic) throw notPublic();
  return { url, host };
}

/** What of a link tells that it was saved before. */
export type SourceOf = { sourceUrl: string; sourceUuid: string | null };

export const sourceOf = ({ url }: Link): SourceOf => ({
  sourceUrl: url.href,
  sourceUuid: findSourceUuid(url),
});

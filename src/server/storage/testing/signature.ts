/** Checks AWS Signature Version 4 by its documentation, in headers and in links, since s3rver takes any signature. */
import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest();

type Claim = { credential: string; signedHeaders: string; signature: string; date: string; payload: string };

/** True when the request was signed with this secret, is not out of date, and carries the body that was signed. */
export function isSigned(request: IncomingMessage, url: URL, body: Buffer, secret: string): boolean {
  const claim = url.searchParams.has('X-Amz-Signature') ? claimOfLink(url) : claimOfHeaders(request);
  if (claim === null || (claim.payload !== 'UNSIGNED-PAYLOAD' && claim.payload !== sha256(body)))
    return false;
  const [, day = '', region = '', service = ''] = claim.credential.split('/');
  const headers = claim.signedHeaders
    .split(';')
    .map((name) => `${name}:${String(request.headers[name]).trim()}\n`);
  const query = [...url.searchParams]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
  const canonical = [
    request.method,
    url.pathname,
    query,
    headers.join(''),
    claim.signedHeaders,
    claim.payload,
  ].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = `AWS4-HMAC-SHA256\n${claim.date}\n${scope}\n${sha256(canonical)}`;
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secret}`);
  return hmac(key, toSign).toString('hex') === claim.signature;
}

function claimOfLink(url: URL): Claim | null {
  const of = (name: string) => url.searchParams.get(`X-Amz-${name}`) ?? '';
  const age = Date.now() - timeOf(of('Date'));
  if (!(age > -60_000 && age <= Number(of('Expires')) * 1000)) return null;
  return {
    credential: of('Credential'),
    signedHeaders: of('SignedHeaders'),
    signature: of('Signature'),
    date: of('Date'),
    payload: 'UNSIGNED-PAYLOAD',
  };
}

function claimOfHeaders({ headers }: IncomingMessage): Claim | null {
  const found = /^AWS4-HMAC-SHA256 Credential=([^,]+), SignedHeaders=([^,]+), Signature=(\w+)$/.exec(
    headers.authorization ?? '',
  );
  const date = String(headers['x-amz-date']);
  if (!found || !(Math.abs(Date.now() - timeOf(date)) < 15 * 60_000)) return null;
  const [, credential = '', signedHeaders = '', signature = ''] = found;
  return { credential, signedHeaders, signature, date, payload: String(headers['x-amz-content-sha256']) };
}

const timeOf = (date: string) =>
  Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));

const encode = (text: string) =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );

import { genUploader } from 'uploadthing/client';
import type { FileRouter } from 'uploadthing/types';
import { parseRefusal } from '../refusal.ts';
import { OFFLINE, RemoteError } from './remote-port.ts';
import type { SendOptions } from './upload-port.ts';

type Route = Omit<FileRouter[string], '$types'> & {
  $types: { input: { upload: string }; output: { isKept: boolean } | null; errorShape: null };
};

/** What this server answered about a file whose sending may go on at that address; `came` is what was there last. */
const given = new Map<string, { answer: string; until: number; came: number }>();
/** Somewhat less than an address is good for. */
const GOOD_FOR = 9 * 60_000;

/** How long the vendor may take to tell this server of a file, and this server to read it back. */
const PATIENCE = 60_000;
const PAUSE = 1000;

const NOT_KEPT = 'The storage did not keep the file. It is kept here and sent again.';

/**
 * The bytes go to the vendor, under an address that this server gives out; it knows of their arrival from the vendor,
 * and the owner from the cookie. What was sent of a file before it broke off is not sent again.
 * @param askOffset Bytes of the file that this server has: all of them once it has read them back.
 * @throws RemoteError
 */
export async function sendToUploadThing(
  { library, id, file, onProgress, signal }: SendOptions,
  askOffset: () => Promise<number>,
): Promise<void> {
  let refusal: RemoteError | null = null;

  async function askAddress(url: RequestInfo | URL, init: RequestInit): Promise<Response> {
    const before = given.get(id);
    if (before && before.until > Date.now()) return new Response(before.answer);
    const response = await fetch(url, init);
    const answer = await response.text();
    if (response.ok) given.set(id, { answer, until: Date.now() + GOOD_FOR, came: -1 });
    else refusal = parseRefusal(answer);
    return new Response(answer, response);
  }

  async function askVendor(url: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const response = await fetch(url, init);
    const came = Number(response.headers.get('x-ut-range-start') ?? 0);
    const address = given.get(id);
    // Where nothing more arrives, something is amiss: the next attempt asks for another address.
    if (address && came > address.came) address.came = came;
    else given.delete(id);
    return response;
  }

  const { uploadFiles } = genUploader<{ original: Route }>({
    url: '/api/uploadthing',
    package: 'afterimage',
    fetch: (url, init) => (init?.method === 'POST' ? askAddress(url, init) : askVendor(url, init)),
  });
  const sent = await uploadFiles('original', {
    files: [new File([file], id, { type: file.type })],
    input: { upload: id },
    headers: { 'x-library': library },
    onUploadProgress: ({ totalLoaded }) => onProgress(Math.min(totalLoaded, file.size)),
    ...(signal && { signal }),
  }).catch((error: unknown) => {
    if (signal?.aborted) given.delete(id);
    // The vendor's words say neither what was kept nor what to do; whatever it was may pass.
    throw refusal ?? new RemoteError('NETWORK', OFFLINE, { cause: error });
  });
  given.delete(id);
  const outcome = sent[0]?.serverData;
  if (outcome?.isKept) return;
  // The vendor may not have waited for the answer of this server.
  const end = Date.now() + (outcome ? 0 : PATIENCE);
  while ((await askOffset()) < file.size) {
    if (Date.now() >= end || signal?.aborted) throw new RemoteError('UNAVAILABLE', NOT_KEPT);
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

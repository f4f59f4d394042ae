/**
 * Next drops the Content-Length of a route's answer, as that of a body which it may have decoded. Of bytes that go out as
 * they are it is known, and a browser shows by it how far a download has come: so it travels under another name.
 */
import type { ServerResponse } from 'node:http';

const LENGTH_HEADER = 'x-body-length';

export function tellLength(headers: Headers, bytes: number): void {
  headers.set('Content-Length', String(bytes));
  headers.set(LENGTH_HEADER, String(bytes));
}

/** Gives the length its own name again, in the moment in which the head of the answer is sent. */
export function restoreLength(response: ServerResponse): void {
  const send = response.writeHead.bind(response);
  response.writeHead = (...args: unknown[]) => {
    const length = response.getHeader(LENGTH_HEADER);
    if (length !== undefined) {
      response.removeHeader(LENGTH_HEADER);
      response.setHeader('Content-Length', length);
    }
    return Reflect.apply(send, response, args);
  };
}

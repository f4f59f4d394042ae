import { once } from 'node:events';
import http from 'node:http';
import { expect, test } from 'vitest';
import { restoreLength, tellLength } from './body-length.ts';

test.each(['GET', 'HEAD'])(
  'an answer to %s says its length, though a router has dropped it on the way',
  async (method) => {
    const server = http.createServer((_request, response) => {
      restoreLength(response);
      const headers = new Headers({ 'Content-Type': 'image/png' });
      tellLength(headers, 5);
      headers.delete('content-length');
      response.setHeaders(headers);
      response.write('he');
      response.end('llo');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const answer = await fetch(`http://127.0.0.1:${port}/`, { method });
    expect(answer.headers.get('content-length')).toBe('5');
    expect(answer.headers.get('x-body-length')).toBeNull();
    expect(await answer.text()).toBe(method === 'GET' ? 'hello' : '');
    server.close();
  },
);

import http from 'node:http';

export type Proxy = {
  url: string;
  /** From now on the service worker is that of another build. */
  newVersion: () => void;
  close: () => Promise<void>;
};

/** Stands before the application at an address of its own, so that a new version can come out without a build. */
export async function startProxy(target: () => string): Promise<Proxy> {
  let version = 1;
  const server = http.createServer((request, response) => {
    const onward = new URL(request.url ?? '/', target());
    const isWorker = onward.pathname === '/sw.js';
    const headers = { ...request.headers, ...(isWorker && { 'accept-encoding': 'identity' }) };
    const sent = http.request(onward, { method: request.method, headers }, (answer) => {
      if (!isWorker) {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
        answer.on('error', () => response.destroy());
        return;
      }
      let script = '';
      answer.setEncoding('utf8').on('data', (text: string) => (script += text));
      answer.on('end', () => {
        const { 'content-length': _, etag: __, ...rest } = answer.headers;
        response.writeHead(answer.statusCode ?? 502, rest);
        // The name of the build is the one string of 16 hexadecimal digits.
        response.end(version === 1 ? script : script.replace(/"[0-9a-f]{16}"/, `"build-${version}"`));
      });
    });
    sent.on('error', () => response.destroy());
    response.on('close', () => sent.destroy());
    request.pipe(sent);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port.');
  return {
    url: `http://localhost:${address.port}`,
    newVersion: () => void version++,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

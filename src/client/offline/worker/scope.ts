/** What a service worker has beside the DOM's types, as far as it is used here. */

export type ExtendableEvent = Event & { waitUntil: (work: Promise<unknown>) => void };
export type FetchEvent = ExtendableEvent & {
  readonly request: Request;
  respondWith: (answer: Promise<Response>) => void;
};
export type WorkerMessageEvent = ExtendableEvent & { readonly data: unknown };

type Listen = {
  (type: 'install' | 'activate', listener: (event: ExtendableEvent) => void): void;
  (type: 'fetch', listener: (event: FetchEvent) => void): void;
  (type: 'message', listener: (event: WorkerMessageEvent) => void): void;
};

export type WorkerScope = {
  addEventListener: Listen;
  skipWaiting: () => Promise<void>;
  readonly clients: { claim: () => Promise<void> };
  readonly location: { readonly origin: string };
  /** Missing in browsers before 2025 other than Chromium. */
  readonly cookieStore?: { get: (name: string) => Promise<{ value?: string } | null> };
};

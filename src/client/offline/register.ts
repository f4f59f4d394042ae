/**
 * Brings the service worker to this page. A new version waits until the person asks for it or every page of the old
 * one is closed: a page never loses its own scripts, and nothing that is stored is touched.
 */
import { session } from '../browser.ts';
import { tellWorker } from './kept-thumbs.ts';
import { readStill } from './names.ts';

const SCRIPT = '/sw.js';
/** A page that stays open for long asks again when somebody comes back to it. */
const CHECK_EVERY = 60 * 60_000;
const ASKED_TO_PERSIST = 'afterimage:persist-asked';

/** What is to be done for the new version; null while there is none. */
export type Update = (() => void) | null;

async function unregisterAll() {
  for (const registration of await navigator.serviceWorker.getRegistrations())
    await registration.unregister();
}

const whenLoaded = () =>
  new Promise<void>((resolve) => {
    if (document.readyState === 'complete') resolve();
    else window.addEventListener('load', () => resolve(), { once: true });
  });

export async function registerShell(onUpdate: (update: Update) => void): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  // A worker that a production run left on this port would hide what is being changed.
  if (process.env.NODE_ENV !== 'production') return unregisterAll();
  await whenLoaded();
  askToPersist();
  let registration: ServiceWorkerRegistration;
  try {
    registration = await navigator.serviceWorker.register(SCRIPT, { updateViaCache: 'none' });
  } catch (error) {
    console.warn('This browser keeps no application for the time without a network.', error);
    return;
  }
  followUpdates(registration, onUpdate);
  if (!navigator.serviceWorker.controller) await handOver();
}

function followUpdates(registration: ServiceWorkerRegistration, onUpdate: (update: Update) => void) {
  const { serviceWorker } = navigator;
  let isControlled = serviceWorker.controller !== null;
  let isWanted = false;
  const offer = () => {
    const { waiting } = registration;
    if (!waiting || !isControlled) return;
    onUpdate(() => {
      isWanted = true;
      tellWorker({ type: 'take-over' }, waiting);
    });
  };
  const watch = () => {
    const { installing } = registration;
    installing?.addEventListener('statechange', () => installing.state === 'installed' && offer());
  };
  serviceWorker.addEventListener('controllerchange', () => {
    if (isWanted) location.reload();
    // Another page took the new version: this one still runs the old scripts.
    else if (isControlled) onUpdate(() => location.reload());
    isControlled = true;
  });
  registration.addEventListener('updatefound', watch);
  watch();
  offer();
  let checkedAt = Date.now();
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden' || Date.now() - checkedAt < CHECK_EVERY) return;
    checkedAt = Date.now();
    // Without a network there is no new version either.
    registration.update().catch(() => {});
  });
}

/** The stills of the first visit were loaded before there was a worker to keep them. */
async function handOver() {
  const { active } = await navigator.serviceWorker.ready;
  const loaded = performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname);
  const paths = loaded.filter((path) => readStill(path) !== null);
  if (active && paths.length > 0) tellWorker({ type: 'keep', paths }, active);
}

/** Also where nothing can be stored: then there is nothing to persist. */
function wasAskedToPersist(): boolean {
  try {
    return localStorage.getItem(ASKED_TO_PERSIST) !== null;
  } catch {
    return true;
  }
}

/** Once there is something to lose, the browser is asked, once, not to clear it away when it runs out of room. */
function askToPersist() {
  if (!session || !navigator.storage?.persist || wasAskedToPersist()) return;
  const { getState, subscribe } = session;
  const look = () => {
    if ((getState().engine?.getState().snapshot.base.rows.size ?? 0) === 0) return;
    stop();
    localStorage.setItem(ASKED_TO_PERSIST, '1');
    void navigator.storage.persist();
  };
  const stop = subscribe(look);
  look();
}

'use client';
import { Toast as Base } from '@base-ui/react/toast';
import { X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { IconButton } from './button.tsx';
import { dismissToast, type Toast } from './feedback.ts';

const LIFE_MS = 8000;

function ToastList({ toasts }: { toasts: readonly Toast[] }) {
  const manager = Base.useToastManager();
  const { add, close } = manager;
  const shown = useRef(new Set<number>());
  useEffect(() => {
    const wanted = new Set(toasts.map((toast) => toast.id));
    for (const toast of toasts) {
      if (shown.current.has(toast.id)) continue;
      shown.current.add(toast.id);
      add({
        id: String(toast.id),
        description: toast.message,
        timeout: LIFE_MS,
        actionProps: toast.action && { children: toast.action.label, onClick: toast.action.run },
        onClose: () => dismissToast(toast.id),
      });
    }
    for (const id of shown.current) {
      if (wanted.has(id)) continue;
      shown.current.delete(id);
      close(String(id));
    }
  }, [toasts, add, close]);

  return manager.toasts.map((toast) => (
    <Base.Root
      key={toast.id}
      toast={toast}
      className="bg-raised border-line shadow-float pointer-events-auto flex items-center gap-2 rounded-panel border py-1.5 pr-1.5 pl-4 transition-[opacity,transform] data-ending-style:translate-y-2 data-ending-style:opacity-0 data-starting-style:translate-y-2 data-starting-style:opacity-0"
    >
      <Base.Content className="flex min-w-0 items-center gap-2">
        <Base.Description className="min-w-0 py-2" />
        <Base.Action className="text-accent-text hover:bg-hover touch:h-11 h-9 rounded-lg px-3 font-medium" />
      </Base.Content>
      <Base.Close render={<IconButton label="Dismiss" icon={X} tipSide="top" />} />
    </Base.Root>
  ));
}

export function Toaster({ toasts }: { toasts: readonly Toast[] }) {
  return (
    <Base.Provider limit={3}>
      <Base.Portal>
        <Base.Viewport className="pointer-events-none fixed inset-x-4 bottom-[calc(4.5rem+env(safe-area-inset-bottom))] z-50 flex flex-col items-center gap-2 md:bottom-5">
          <ToastList toasts={toasts} />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}

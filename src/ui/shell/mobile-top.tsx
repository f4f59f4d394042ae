import { ConnectionStatus } from './connection-status.tsx';
import { Mark } from './mark.tsx';
import { ThemeSwitch } from './theme-switch.tsx';

/** What the sidebar's foot holds, for screens without a sidebar. */
export function MobileTop() {
  return (
    <div className="mb-2 flex h-11 items-center justify-between md:hidden">
      <span className="flex items-center gap-2.5 font-medium tracking-tight">
        <Mark className="size-6" />
        Afterimage
      </span>
      <span className="-mr-2 flex items-center">
        <ConnectionStatus side="bottom" />
        <ThemeSwitch tipSide="left" />
      </span>
    </div>
  );
}

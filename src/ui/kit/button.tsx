import type { LucideIcon } from 'lucide-react';
import type { ButtonHTMLAttributes, Ref } from 'react';

type Native = ButtonHTMLAttributes<HTMLButtonElement> & { ref?: Ref<HTMLButtonElement> };

const VARIANTS = {
  primary: 'bg-accent text-on-accent hover:bg-accent-hover font-medium',
  plain: 'border border-line-strong bg-raised hover:bg-hover',
  ghost: 'hover:bg-hover',
  danger: 'bg-danger-fill text-on-scrim hover:opacity-90 font-medium',
} as const;

const BUTTON =
  'inline-flex h-9 touch:h-11 items-center justify-center gap-2 rounded-lg px-3.5 text-body whitespace-nowrap transition-[background-color,opacity,transform] active:scale-[0.98] disabled:pointer-events-none disabled:opacity-45';

export const buttonClass = (variant: keyof typeof VARIANTS, extra = '') =>
  `${BUTTON} ${VARIANTS[variant]} ${extra}`;

export function Button({
  variant = 'plain',
  className = '',
  type = 'button',
  ...rest
}: Native & { variant?: keyof typeof VARIANTS }) {
  return <button {...rest} type={type} className={buttonClass(variant, className)} />;
}

type IconButtonProps = Native & {
  label: string;
  icon: LucideIcon;
  tipSide?: 'top' | 'bottom' | 'left' | 'right';
  filled?: boolean;
};

/** A button that is only an icon: its name is read out, and shown on hover and focus. */
export function IconButton({
  label,
  icon: Icon,
  tipSide = 'bottom',
  filled = false,
  className = '',
  type = 'button',
  ...rest
}: IconButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      aria-label={label}
      data-tip={label}
      data-tip-side={tipSide}
      className={`tip text-quiet hover:text-text hover:bg-hover touch:size-11 inline-flex size-9 shrink-0 items-center justify-center rounded-lg transition-colors disabled:pointer-events-none disabled:opacity-40 ${className}`}
    >
      <Icon aria-hidden className="size-[18px]" strokeWidth={1.75} fill={filled ? 'currentColor' : 'none'} />
    </button>
  );
}

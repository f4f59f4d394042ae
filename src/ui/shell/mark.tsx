/** The mark: a frame and the shade that stays when it is gone. */
export function Mark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 28 28" fill="none" aria-hidden className={className}>
      <rect x="3" y="3" width="16" height="16" rx="4" fill="currentColor" opacity="0.16" />
      <rect x="6" y="6" width="16" height="16" rx="4" fill="currentColor" opacity="0.34" />
      <rect x="9" y="9" width="16" height="16" rx="4" className="fill-accent" />
    </svg>
  );
}

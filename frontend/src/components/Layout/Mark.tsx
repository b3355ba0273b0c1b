/** Jobdeck's mark: a punched card, one corner cut. */
export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg aria-hidden width={size} height={size} viewBox="0 0 32 32">
      <path className="fill-accent" d="M9 4h17a3 3 0 0 1 3 3v18a3 3 0 0 1-3 3H6a3 3 0 0 1-3-3V10z" />
      <g className="fill-accent-ink">
        <rect x="8" y="12" width="3" height="5" rx=".8" />
        <rect x="14.500" y="8" width="3" height="5" rx=".8" />
        <rect x="21" y="12" width="3" height="5" rx=".8" />
        <rect x="8" y="20" width="3" height="5" rx=".8" />
        <rect x="21" y="20" width="3" height="5" rx=".8" />
      </g>
    </svg>
  );
}

// Columns of slots: x and y of each.
const HOLES = [
  [6, 19],
  [10.5, 13.5],
  [15, 19],
  [19.5, 13.5],
  [19.5, 19],
] as const;

/** Jobdeck's mark: a punched card, one corner cut, on top of its deck. */
export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg aria-hidden width={size} height={size} viewBox="0 0 32 32">
      <path
        className="fill-none stroke-accent"
        strokeWidth="2"
        strokeLinecap="round"
        d="M10 5.5h17.5a2.5 2.5 0 0 1 2.5 2.5v13"
      />
      <path
        className="fill-accent"
        d="M8.5 9.5H24a2.5 2.5 0 0 1 2.5 2.5v13a2.5 2.5 0 0 1-2.5 2.5H4.5A2.5 2.5 0 0 1 2 25V16z"
      />
      <g className="fill-accent-ink">
        {HOLES.map(([x, y]) => (
          <rect key={`${x} ${y}`} x={x} y={y} width="2.2" height="4.5" rx=".6" />
        ))}
      </g>
    </svg>
  );
}

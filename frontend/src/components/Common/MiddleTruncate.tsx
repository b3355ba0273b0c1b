interface Props {
  text: string;
  /** How many characters of the end stay when there is no room for all: the end is what tells runs apart. */
  tail?: number;
  className?: string;
}

/** One line, cut in the middle where it does not fit, with the whole on hover. Copies and reads as the whole. */
export function MiddleTruncate({ text, tail = 8, className }: Props) {
  const cut = text.length > tail * 2 ? text.length - tail : text.length;
  return (
    <span title={text} className={`flex min-w-0 max-w-full whitespace-pre ${className ?? ''}`}>
      <span className="min-w-0 truncate">{text.slice(0, cut)}</span>
      {cut < text.length && <span className="shrink-0">{text.slice(cut)}</span>}
    </span>
  );
}

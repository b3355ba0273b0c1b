import { useNow } from '@/hooks/ui/useNow';
import { duration } from '@/utils/time';

interface Props {
  /** How long it took, in seconds, once that is known. */
  seconds: number | null;
  /** While it runs: since when. The figure then ticks by itself. */
  since?: string | null;
}

export function Duration({ seconds, since }: Props) {
  if (since) return <Ticking since={since} />;
  return (
    <span className={seconds === null ? 'text-muted' : undefined}>
      {seconds === null ? '–' : duration(seconds)}
    </span>
  );
}

function Ticking({ since }: { since: string }) {
  const now = useNow(1_000);
  // In whole seconds: a tenth that only moves once a second would look broken.
  const seconds = Math.max(0, Math.floor((now.getTime() - Date.parse(since)) / 1000));
  return <span>{seconds < 10 ? `${seconds} s` : duration(seconds)}</span>;
}

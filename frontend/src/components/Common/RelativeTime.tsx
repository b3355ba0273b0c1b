import { useNow } from '@/hooks/ui/useNow';
import { absoluteTime, relativeTime } from '@/utils/time';

const RENEWED_MS = 1_000;

/** "5 minutes ago", with the absolute time and zone on hover. */
export function RelativeTime({ at, className }: { at: string; className?: string }) {
  const now = useNow(RENEWED_MS);
  const when = new Date(at);
  return (
    <time dateTime={at} title={absoluteTime(when)} className={className}>
      {relativeTime(when, now)}
    </time>
  );
}

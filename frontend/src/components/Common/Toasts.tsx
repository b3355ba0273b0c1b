import { useEffect, useState } from 'react';
import { clsx } from 'clsx';
import { CircleCheck, CircleX, Info, X } from 'lucide-react';
import { Button } from '@/components/Common/Button';
import { IconButton } from '@/components/Common/IconButton';
import { useToasts, type Toast } from '@/contexts/ToastContext';

const STAYS_MS = 6_000;
const STAYS_WITH_ACTION_MS = 12_000;

const LOOK = {
  done: { icon: CircleCheck, className: 'text-completed' },
  failed: { icon: CircleX, className: 'text-failed' },
  note: { icon: Info, className: 'text-accent' },
} as const;

/** The corner where toasts appear. They are read out without taking the focus, and wait while looked at. */
export function Toasts() {
  const { toasts, dismiss } = useToasts();
  const [held, setHeld] = useState(false);
  return (
    <section
      aria-label="Notifications"
      className="pointer-events-none fixed inset-x-4 bottom-20 z-50 md:inset-x-auto md:right-6 md:bottom-6 md:w-96"
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <ol aria-live="polite" aria-relevant="additions" className="flex flex-col gap-2">
        {toasts.map((toast) => (
          <ToastCard key={toast.id} toast={toast} held={held} onDismiss={() => dismiss(toast.id)} />
        ))}
      </ol>
    </section>
  );
}

function ToastCard({ toast, held, onDismiss }: { toast: Toast; held: boolean; onDismiss: () => void }) {
  useExpiry(toast, held, onDismiss);
  const { icon: Icon, className } = LOOK[toast.tone];
  const { action } = toast;
  return (
    <li className="pointer-events-auto flex items-start gap-3 rounded-lg border border-line bg-raised py-2 pr-2 pl-4 shadow-pop">
      <Icon aria-hidden size={16} className={clsx('mt-2 shrink-0', className)} />
      <div className="min-w-0 flex-1 py-1.5">
        <p className="font-strong break-words">{toast.title}</p>
        {toast.detail && <p className="mt-0.5 break-words text-muted">{toast.detail}</p>}
      </div>
      {action && (
        <Button
          variant="link"
          onClick={() => {
            action.run();
            onDismiss();
          }}
        >
          {action.label}
        </Button>
      )}
      <IconButton icon={X} label="Dismiss" onClick={onDismiss} />
    </li>
  );
}

/** Failures stay until they are dismissed. */
function useExpiry(toast: Toast, held: boolean, onExpired: () => void) {
  useEffect(() => {
    if (held || toast.tone === 'failed') return undefined;
    const timer = setTimeout(onExpired, toast.action ? STAYS_WITH_ACTION_MS : STAYS_MS);
    return () => clearTimeout(timer);
    // onExpired is a new function at every render; the toast says who it is.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [toast, held]);
}

import type { ReactNode } from 'react';
import { AlertDialog } from '@base-ui/react/alert-dialog';
import { Button } from '@/components/Common/Button';

interface Props {
  open: boolean;
  onClose: () => void;
  title: string;
  /** Exactly what will happen, and what cannot be undone. */
  children: ReactNode;
  /** The verb: "Delete job". */
  confirm: string;
  /** The way out: "Keep it". */
  keep?: string;
  busy?: boolean;
  onConfirm: () => void;
}

/** Asks before something irreversible. Focus starts on the way out. */
export function ConfirmDialog({
  open,
  onClose,
  title,
  children,
  confirm,
  keep = 'Keep it',
  busy,
  onConfirm,
}: Props) {
  return (
    <AlertDialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="fixed inset-0 z-40 bg-scrim" />
        <AlertDialog.Popup className="fixed top-1/2 left-1/2 z-50 w-[min(28rem,calc(100vw-2rem))] -translate-x-1/2 -translate-y-1/2 rounded-lg border border-line bg-raised p-6 shadow-pop">
          <AlertDialog.Title className="text-title">{title}</AlertDialog.Title>
          <AlertDialog.Description render={<div />} className="mt-2 text-muted">
            {children}
          </AlertDialog.Description>
          <div className="mt-6 flex justify-end gap-2">
            <AlertDialog.Close render={<Button>{keep}</Button>} />
            <Button variant="danger" busy={busy} onClick={onConfirm}>
              {confirm}
            </Button>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

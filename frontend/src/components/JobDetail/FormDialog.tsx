import type { FormEvent, ReactNode } from 'react';
import { Dialog } from '@base-ui/react/dialog';
import { Button } from '@/components/Common/Button';

interface Props {
  title: string;
  /** The verb on the button. */
  submit: string;
  /** The button is for something that cannot be taken back. */
  danger?: boolean;
  /** The way out. */
  leave?: string;
  busy: boolean;
  onSubmit: (event: FormEvent) => void;
  onClose: () => void;
  children: ReactNode;
}

/** A form over the page. Escape and the cross leave it; the page behind stays as it is. */
export function FormDialog({
  title,
  submit,
  danger = false,
  leave = 'Cancel',
  busy,
  onSubmit,
  onClose,
  children,
}: Props) {
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-scrim" />
        <Dialog.Popup className="fixed top-1/2 left-1/2 z-50 flex max-h-[calc(100dvh-2rem)] w-[min(34rem,calc(100vw-2rem))] -translate-x-1/2 -translate-y-1/2 flex-col rounded-lg border border-line bg-raised shadow-pop">
          <Dialog.Title className="px-6 pt-6 text-title">{title}</Dialog.Title>
          <form noValidate onSubmit={onSubmit} className="flex min-h-0 flex-col">
            <div className="grid gap-4 overflow-y-auto px-6 py-4">{children}</div>
            <div className="flex justify-end gap-2 border-t border-line px-6 py-4">
              <Dialog.Close render={<Button>{leave}</Button>} />
              <Button type="submit" variant={danger ? 'danger' : 'primary'} busy={busy}>
                {submit}
              </Button>
            </div>
          </form>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

import { Dialog } from '@base-ui/react/dialog';
import { Button } from '@/components/Common/Button';
import { Kbd } from '@/components/Common/Kbd';
import { PLACES } from '@/components/Layout/Navigation';

const LIST: { keys: string[]; does: string }[] = [
  { keys: ['c'], does: 'Create a job' },
  { keys: ['/'], does: 'Search jobs' },
  { keys: ['x'], does: 'Select the job that is pointed at' },
  ...PLACES.map(({ key, word }) => ({ keys: ['g', key], does: `Go to ${word.toLowerCase()}` })),
  { keys: ['?'], does: 'Show this list' },
];

interface Props {
  onClose: () => void;
  enabled: boolean;
  onEnabled: (enabled: boolean) => void;
}

export default function ShortcutsDialog({ onClose, enabled, onEnabled }: Props) {
  return (
    <Dialog.Root open onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-scrim" />
        <Dialog.Popup className="fixed top-1/2 left-1/2 z-50 w-[min(24rem,calc(100vw-2rem))] -translate-x-1/2 -translate-y-1/2 rounded-lg border border-line bg-raised p-6 shadow-pop">
          <Dialog.Title className="text-title">Keyboard shortcuts</Dialog.Title>
          <dl className="mt-4 divide-y divide-line">
            {LIST.map(({ keys, does }) => (
              <div key={does} className="flex h-9 items-center justify-between">
                <dt>{does}</dt>
                <dd className="flex gap-1">
                  {keys.map((key) => (
                    <Kbd key={key}>{key}</Kbd>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
          <div className="mt-6 flex items-center justify-between">
            <label className="flex items-center gap-2">
              <input
                type="checkbox"
                className="size-4 accent-accent"
                checked={enabled}
                onChange={(event) => onEnabled(event.target.checked)}
              />
              Use single-key shortcuts
            </label>
            <Dialog.Close render={<Button>Close</Button>} />
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

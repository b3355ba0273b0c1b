import { Menu } from '@base-ui/react/menu';
import { CircleStop, ClipboardCopy, CopyPlus, Ellipsis, Pencil, RotateCcw, Send, Trash2 } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { Button } from '@/components/Common/Button';
import { IconButton } from '@/components/Common/IconButton';
import type { Job } from '@/services/jobs';
import { isEditable, reportable } from '@/utils/moves';
import { hasEnded } from '@/utils/status';

export type DetailAction = 'cancel' | 'retry' | 'report' | 'edit' | 'resubmit' | 'curl' | 'delete';

interface Props {
  job: Job;
  /** May change jobs; others see no buttons that would be refused. */
  canAct: boolean;
  busy: boolean;
  onAction: (action: DetailAction) => void;
}

const POPUP =
  'min-w-52 rounded-lg border border-line bg-raised p-1 shadow-pop outline-none origin-[var(--transform-origin)] transition-opacity data-[ending-style]:opacity-0 data-[starting-style]:opacity-0';
const ITEM =
  'flex h-9 cursor-default items-center gap-2 rounded-md px-2 text-ink outline-none select-none data-[highlighted]:bg-hover';

/** What may be done with the job as it stands: the likeliest as buttons, the rest in a menu. */
export function JobButtons({ job, canAct, busy, onAction }: Props) {
  const canReport = job.kind === 'tracked' && reportable(job.status).length > 0;
  return (
    <div className="flex flex-wrap items-center gap-2">
      {canAct && canReport && (
        <Button variant="primary" icon={Send} onClick={() => onAction('report')}>
          Update status
        </Button>
      )}
      {canAct && hasEnded(job.status) && (
        <Button
          variant={job.status === 'FAILED' ? 'primary' : 'secondary'}
          icon={RotateCcw}
          busy={busy}
          onClick={() => onAction('retry')}
        >
          Retry
        </Button>
      )}
      {canAct && !hasEnded(job.status) && (
        <Button
          variant="danger"
          icon={CircleStop}
          busy={busy}
          disabled={busy || job.cancel_requested_at !== null}
          onClick={() => onAction('cancel')}
        >
          {job.cancel_requested_at ? 'Cancelling' : 'Cancel'}
        </Button>
      )}
      {canAct && isEditable(job) && (
        <Button icon={Pencil} onClick={() => onAction('edit')}>
          Edit
        </Button>
      )}
      {canAct && hasEnded(job.status) && (
        <Button icon={CopyPlus} onClick={() => onAction('resubmit')}>
          Edit and resubmit
        </Button>
      )}
      <More job={job} canAct={canAct} onAction={onAction} />
    </div>
  );
}

function More({ job, canAct, onAction }: Omit<Props, 'busy'>) {
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger render={<IconButton icon={Ellipsis} label="More actions" />} />
      <Menu.Portal>
        <Menu.Positioner align="end" sideOffset={4} className="z-40">
          <Menu.Popup className={POPUP}>
            {canAct && !hasEnded(job.status) && (
              <Item icon={CopyPlus} onClick={() => onAction('resubmit')}>
                Submit another like it
              </Item>
            )}
            <Item icon={ClipboardCopy} onClick={() => onAction('curl')}>
              Copy as curl
            </Item>
            {canAct && (
              <>
                <Menu.Separator className="my-1 h-px bg-line" />
                <Item
                  icon={Trash2}
                  disabled={job.status === 'RUNNING'}
                  title={
                    job.status === 'RUNNING' ? 'A running job cannot be deleted; cancel it first' : undefined
                  }
                  onClick={() => onAction('delete')}
                >
                  Delete…
                </Item>
              </>
            )}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

interface ItemProps {
  icon: LucideIcon;
  children: string;
  disabled?: boolean;
  title?: string;
  onClick: () => void;
}

function Item({ icon: Icon, children, ...rest }: ItemProps) {
  return (
    <Menu.Item className={`${ITEM} data-[disabled]:opacity-50`} {...rest}>
      <Icon aria-hidden size={16} className="text-muted" /> {children}
    </Menu.Item>
  );
}

import { Menu } from '@base-ui/react/menu';
import { CircleStop, ClipboardCopy, CopyPlus, Ellipsis, Pencil, RotateCcw, Send, Trash2 } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { Button } from '@/components/Common/Button';
import { IconButton } from '@/components/Common/IconButton';
import type { Action, Job } from '@/services/jobs';

/** Those that the API knows, and one that asks nothing of it. */
export type DetailAction = Action | 'curl';

interface Props {
  job: Job;
  busy: boolean;
  onAction: (action: DetailAction) => void;
}

const POPUP =
  'min-w-52 rounded-lg border border-line bg-raised p-1 shadow-pop outline-none origin-[var(--transform-origin)] transition-opacity data-[ending-style]:opacity-0 data-[starting-style]:opacity-0';
const ITEM =
  'flex h-9 cursor-default items-center gap-2 rounded-md px-2 text-ink outline-none select-none data-[highlighted]:bg-hover';

/** What this person may do with the job as it stands: the likeliest as buttons, the rest in a menu. */
export function JobButtons({ job, busy, onAction }: Props) {
  const may = (action: Action) => job.actions.includes(action);
  return (
    <div className="flex items-start gap-2">
      {/* The menu stays beside the first row; on a phone words alone leave room for it. */}
      <div className="flex min-w-0 flex-wrap gap-2 max-sm:[&_svg]:hidden">
        {may('report') && (
          <Button variant="primary" icon={Send} onClick={() => onAction('report')}>
            Update status
          </Button>
        )}
        {may('retry') && (
          <Button
            variant={job.status === 'FAILED' ? 'primary' : 'secondary'}
            icon={RotateCcw}
            busy={busy}
            onClick={() => onAction('retry')}
          >
            Retry
          </Button>
        )}
        {may('cancel') && (
          <Button variant="danger" icon={CircleStop} busy={busy} onClick={() => onAction('cancel')}>
            Cancel
          </Button>
        )}
        {may('edit') && (
          <Button icon={Pencil} onClick={() => onAction('edit')}>
            Edit
          </Button>
        )}
        {may('retry') && may('resubmit') && (
          <Button icon={CopyPlus} onClick={() => onAction('resubmit')}>
            Edit and resubmit
          </Button>
        )}
      </div>
      <More may={may} onAction={onAction} />
    </div>
  );
}

interface MoreProps {
  may: (action: Action) => boolean;
  onAction: (action: DetailAction) => void;
}

function More({ may, onAction }: MoreProps) {
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger render={<IconButton icon={Ellipsis} label="More actions" />} />
      <Menu.Portal>
        <Menu.Positioner align="end" sideOffset={4} className="z-40">
          <Menu.Popup className={POPUP}>
            {may('resubmit') && !may('retry') && (
              <Item icon={CopyPlus} onClick={() => onAction('resubmit')}>
                Submit another like it
              </Item>
            )}
            <Item icon={ClipboardCopy} onClick={() => onAction('curl')}>
              Copy as curl
            </Item>
            {may('delete') && (
              <>
                <Menu.Separator className="my-1 h-px bg-line" />
                <Item icon={Trash2} onClick={() => onAction('delete')}>
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
  onClick: () => void;
}

function Item({ icon: Icon, children, ...rest }: ItemProps) {
  return (
    <Menu.Item className={ITEM} {...rest}>
      <Icon aria-hidden size={16} className="text-muted" /> {children}
    </Menu.Item>
  );
}

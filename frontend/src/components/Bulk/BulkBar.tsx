import { ArrowUpDown, Ban, RotateCcw, Tag, Trash2, X, type LucideIcon } from 'lucide-react';
import { Button } from '@/components/Common/Button';
import { IconButton } from '@/components/Common/IconButton';
import type { Doing } from '@/services/operations';
import { plural } from '@/utils/numbers';
import { DOINGS } from '@/utils/operations';

interface Props {
  ticked: number;
  everything: boolean;
  /** How many the filter has, in words: "4,300", "at least 10,000". */
  matching: string;
  onEverything: () => void;
  onClear: () => void;
  onDo: (doing: Doing) => void;
}

const OFFERED: [Doing, LucideIcon][] = [
  ['cancel', Ban],
  ['retry', RotateCcw],
  ['set_priority', ArrowUpDown],
  ['add_tags', Tag],
  ['remove_tags', Tag],
  ['delete', Trash2],
];

/** What can be done with the ticked rows, or with everything that matches. Stays in sight while one scrolls. */
export function BulkBar({ ticked, everything, matching, onEverything, onClear, onDo }: Props) {
  return (
    <section
      aria-label="Selected jobs"
      className="sticky bottom-16 z-20 mt-2 flex flex-wrap items-center gap-2 rounded-lg border border-line bg-raised px-3 py-2 shadow-pop md:bottom-2"
    >
      <p role="status" className="font-strong">
        {everything ? `Everything that matches: ${matching}` : `${plural(ticked, 'job')} selected`}
      </p>
      {!everything && (
        <Button variant="link" onClick={onEverything}>
          Select everything that matches ({matching})
        </Button>
      )}
      <div className="flex flex-wrap items-center gap-1 md:ms-auto">
        {OFFERED.map(([doing, icon]) => (
          <Button
            key={doing}
            icon={icon}
            variant={doing === 'delete' ? 'danger' : 'quiet'}
            onClick={() => onDo(doing)}
          >
            {DOINGS[doing].verb}
          </Button>
        ))}
        <Button variant="quiet" onClick={() => onDo('report')}>
          {DOINGS.report.verb}
        </Button>
        <IconButton icon={X} label="Select none" onClick={onClear} />
      </div>
    </section>
  );
}

import { ShieldCheck, ShieldQuestion } from 'lucide-react';
import type { Receipt as Facts } from '@/services/jobs';
import { receiptSentence } from '@/utils/receipt';

/** How an attempt was ended, and that nothing of it was left. */
export function Receipt({ receipt }: { receipt: Facts }) {
  const Icon = receipt.verified_empty ? ShieldCheck : ShieldQuestion;
  return (
    <p className="mt-2 flex items-start gap-2 text-muted">
      <Icon
        aria-hidden
        size={16}
        className={`mt-0.5 shrink-0 ${receipt.verified_empty ? 'text-completed' : 'text-pending'}`}
      />
      {receiptSentence(receipt)}
    </p>
  );
}

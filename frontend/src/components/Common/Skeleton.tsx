import { clsx } from 'clsx';

/** A grey shape where content will be. Give it the content's own size. */
export function Skeleton({ className }: { className?: string }) {
  return (
    <span aria-hidden className={clsx('block animate-pulse rounded-sm bg-line', className ?? 'h-3 w-full')} />
  );
}

/** Says to assistive technology what the skeletons beside it show to the eye. */
export function LoadingNote({ children }: { children: string }) {
  return (
    <p role="status" className="sr-only">
      {children}
    </p>
  );
}

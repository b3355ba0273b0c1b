import { LoadingNote, Skeleton } from '@/components/Common/Skeleton';

/** The page's shape while the job is fetched: title, facts, what matters most, tabs, content. */
export function JobDetailSkeleton() {
  return (
    <div className="grid grid-cols-1 gap-4">
      <LoadingNote>Loading the job</LoadingNote>
      <div>
        <Skeleton className="h-4 w-12" />
        <Skeleton className="mt-3 h-6 w-72 max-w-full" />
        <Skeleton className="mt-4 h-4 w-[32rem] max-w-full" />
      </div>
      <div className="rounded-lg border border-line bg-surface p-4">
        <Skeleton className="h-6 w-48" />
        <Skeleton className="mt-4 h-4 w-96 max-w-full" />
      </div>
      <div className="flex gap-6 border-b border-line pb-3">
        {['w-8', 'w-12', 'w-14', 'w-16', 'w-12'].map((width, index) => (
          <Skeleton key={index} className={`h-4 ${width}`} />
        ))}
      </div>
      <div className="rounded-lg border border-line bg-surface p-4">
        {['w-2/3', 'w-1/2', 'w-3/4', 'w-2/5', 'w-3/5'].map((width) => (
          <Skeleton key={width} className={`my-2 h-3 ${width}`} />
        ))}
      </div>
    </div>
  );
}

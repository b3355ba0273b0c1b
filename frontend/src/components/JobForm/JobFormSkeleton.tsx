import { LoadingNote, Skeleton } from '@/components/Common/Skeleton';

/** The form's shape while the job that it starts from is fetched. */
export function JobFormSkeleton() {
  return (
    <div className="grid gap-6">
      <LoadingNote>Loading the job to start from</LoadingNote>
      <Skeleton className="h-7 w-32" />
      <Skeleton className="h-16 w-full" />
      <div className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="grid gap-4">
          <Skeleton className="h-9 w-full" />
          <Skeleton className="h-72 w-full" />
        </div>
        <div className="grid content-start gap-4">
          <Skeleton className="h-9 w-full" />
          <Skeleton className="h-9 w-full" />
          <Skeleton className="h-9 w-full" />
        </div>
      </div>
    </div>
  );
}

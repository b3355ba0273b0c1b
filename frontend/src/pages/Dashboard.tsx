import { lazy, Suspense, useCallback, useId, useMemo, useRef, useState, type ReactNode } from 'react';
import { Button } from '@/components/Common/Button';
import { ErrorAlert } from '@/components/Common/ErrorAlert';
import { LoadingNote } from '@/components/Common/Skeleton';
import { ActiveFilters } from '@/components/JobList/ActiveFilters';
import { AllHidden, NoJobsYet, PastTheEnd } from '@/components/JobList/EmptyList';
import { ExportMenu } from '@/components/JobList/ExportMenu';
import { isIrreversible, type JobAction } from '@/components/JobList/JobActions';
import { JobCards } from '@/components/JobList/JobCards';
import { JobTable } from '@/components/JobList/JobTable';
import { ListPages } from '@/components/JobList/ListPages';
import { MoreFilters } from '@/components/JobList/MoreFilters';
import { SearchBox } from '@/components/JobList/SearchBox';
import { SearchMistake } from '@/components/JobList/SearchMistake';
import { StatusChips } from '@/components/JobList/StatusChips';
import { StoppedSearch } from '@/components/JobList/StoppedSearch';
import { usePreferences } from '@/contexts/PreferencesContext';
import { useIsPhone } from '@/hooks/ui/useMediaQuery';
import { useKept } from '@/hooks/ui/useKept';
import { usePageTitle } from '@/hooks/ui/usePageTitle';
import { useShortcuts } from '@/hooks/ui/useShortcuts';
import { useCurlTarget } from '@/hooks/useCurlTarget';
import { useCompletion } from '@/hooks/useCompletion';
import { useExport } from '@/hooks/useExport';
import { useFreshRows } from '@/hooks/useFreshRows';
import { useJobActions } from '@/hooks/useJobActions';
import { useJobs } from '@/hooks/useJobs';
import { NO_FILTERS, useJobSearch, type JobSearch } from '@/hooks/useJobSearch';
import { useMe } from '@/hooks/useMe';
import { useStats } from '@/hooks/useStats';
import { useTicked } from '@/hooks/useTicked';
import type { Ticked } from '@/utils/ticked';
import type { Job, JobPage } from '@/services/jobs';
import { asProblem } from '@/services/problem';
import type { FieldError } from '@/services/search';
import { curlCreate } from '@/utils/curl';
import { count } from '@/utils/numbers';
import { nextOrdering } from '@/utils/ordering';
import { around } from '@/utils/searchText';

const DashboardBulk = lazy(() => import('@/pages/DashboardBulk'));
const DashboardOperations = lazy(() => import('@/pages/DashboardOperations'));
const ConfirmAction = lazy(() => import('@/components/JobList/ConfirmAction'));

/** The list of jobs, at the front of everything. */
export default function Dashboard() {
  usePageTitle('Jobs');
  const target = useCurlTarget();
  const { search, typed, query, filtered, change } = useJobSearch();
  const jobs = useJobs(query);
  const stats = useStats();
  const canSubmit = useMe().data?.can_submit ?? false;
  const phone = useIsPhone();
  const { change: prefer } = usePreferences();
  const { asked, ask, confirm, forget } = useAsking();
  const onFirstPage = search.page === 1 && !search.cursor;
  const exporting = useExport();
  const fresh = useFreshRows(jobs, onFirstPage);
  const toFirst = () => change({});
  const goOn = (cursor: string) => change({ cursor });

  const mistake = jobs.error ? asProblem(jobs.error).fields.find((each) => each.field === 'q') : undefined;
  // A search that is not finished yet leaves what was there before.
  const kept = useKept(jobs.data);
  const page = mistake ? kept : jobs.data;
  const stale = jobs.isPlaceholderData || mistake !== undefined;

  const rows = page?.results;
  const ticked = useTicked(query, rows);
  useShortcuts({ x: () => tickPointedAt(ticked) });
  const stopped = stale ? null : page?.searched_until;
  const empty = rows?.length === 0 && !stale;
  const nothing = empty && !stopped;
  return (
    <>
      <h1 className="sr-only">Jobs</h1>
      <Suspense>
        <DashboardOperations />
      </Suspense>
      <Filters search={search} typed={typed} change={change} counts={stats.data} mistake={mistake}>
        <ExportMenu
          page={jobs.data}
          progress={exporting.progress}
          onExport={(format, columns) => void exporting.start({ format, columns, query })}
        />
      </Filters>
      {fresh.changed && (
        <div role="status" className="mb-2 flex items-center justify-center gap-2 text-muted">
          The list has changed since this page was read.
          <Button variant="link" onClick={toFirst}>
            Show the first page
          </Button>
        </div>
      )}
      {jobs.error && !rows && !mistake && (
        <ErrorAlert
          problem={asProblem(jobs.error)}
          onRetry={() => void jobs.refetch()}
          busy={jobs.isFetching}
        />
      )}
      {jobs.isPending && <LoadingNote>Loading jobs</LoadingNote>}
      {nothing && !onFirstPage && <PastTheEnd onFirst={toFirst} />}
      {nothing && onFirstPage && filtered && (
        <AllHidden
          hidden={search.archived ? null : (stats.data?.total ?? 0)}
          onClear={() => change(NO_FILTERS)}
        />
      )}
      {nothing && onFirstPage && !filtered && (
        <NoJobsYet
          example={curlCreate(target, { name: 'hello', command: 'echo hello from $(hostname)' })}
          canSubmit={canSubmit}
        />
      )}
      {!empty && !(jobs.error && !rows) && (
        <>
          {phone ? (
            <JobCards
              jobs={rows}
              stale={stale}
              onAction={ask}
              ticked={search.archived ? undefined : ticked}
            />
          ) : (
            <JobTable
              jobs={rows}
              expected={search.size}
              stale={stale}
              ordering={search.ordering}
              onSort={(key) => change(({ ordering }) => ({ ordering: nextOrdering(ordering, key) }))}
              onAction={ask}
              ticked={search.archived ? undefined : ticked}
            />
          )}
          {stopped && page && <StoppedSearch page={page} ordering={search.ordering} onGoOn={goOn} />}
          {page && (
            <ListPages
              page={page}
              at={search}
              go={change}
              onSize={(size) => {
                prefer({ pageSize: size });
                change({ size });
              }}
            />
          )}
        </>
      )}
      {empty && stopped && page && <StoppedSearch page={page} ordering={search.ordering} onGoOn={goOn} />}
      {(ticked.everything || ticked.ids.size > 0) && (
        <Suspense>
          <DashboardBulk ticked={ticked} query={query} matching={jobs.data ? matchingOf(jobs.data) : '…'} />
        </Suspense>
      )}
      <Suspense>{asked && <ConfirmAction {...asked} onConfirm={confirm} onClose={forget} />}</Suspense>
    </>
  );
}

interface FiltersProps {
  search: JobSearch;
  typed: ReturnType<typeof useJobSearch>['typed'];
  change: ReturnType<typeof useJobSearch>['change'];
  counts: ReturnType<typeof useStats>['data'];
  /** What is wrong with the search, and where. */
  mistake: FieldError | undefined;
  children: ReactNode;
}

function Filters({ search, typed, change, counts, mistake, children }: FiltersProps) {
  const input = useRef<HTMLInputElement>(null);
  const mistakeId = useId();
  const [caret, setCaret] = useState<number | null>(null);
  const completion = useCompletion(typed.text, caret);
  useShortcuts({ '/': () => input.current?.focus() });
  const shown = mistake && caret !== null && isUnfinished(search.q.trim(), mistake) ? undefined : mistake;
  return (
    <section
      aria-label="Filters"
      className="mb-4 flex flex-col gap-2 md:flex-row md:flex-wrap md:items-center md:gap-x-4"
    >
      <StatusChips
        chosen={search.status}
        counts={counts?.by_status}
        total={counts?.total}
        counted={!search.archived} // the counters know live jobs only
        onToggle={(status) => change((now) => ({ status: toggled(now.status, status) }))}
        onAll={() => change({ status: [] })}
      />
      <div className="flex flex-1 flex-wrap items-center justify-end gap-2 md:flex-nowrap">
        <ActiveFilters
          queue={search.queue}
          tag={search.tag}
          owner={search.owner}
          stretch={search.stretch}
          archived={search.archived}
          onClear={(which) => change({ [which]: NO_FILTERS[which] })}
        />
        <SearchBox
          inputRef={input}
          value={typed.text}
          onChange={typed.type}
          completion={completion}
          onCaret={setCaret}
          mistakeId={shown && mistakeId}
        />
        <MoreFilters value={search} onChange={change} />
        {children}
      </div>
      {shown && <SearchMistake id={mistakeId} query={search.q.trim()} mistake={shown} />}
    </section>
  );
}

/** Whether going on with the typing would mend it: a value is missing at the end, or a quote is open. */
function isUnfinished(query: string, { position }: FieldError): boolean {
  const [, at] = around(query, position ?? 0);
  return at === '' || at === '"';
}

/** Ticks the row that is pointed at, or that has the focus. */
function tickPointedAt(ticked: Ticked) {
  const row = document.activeElement?.closest('[data-job]') ?? document.querySelector('[data-job]:hover');
  const id = Number(row?.getAttribute('data-job'));
  if (id) ticked.toggle(id);
}

function matchingOf({ count: jobs, count_kind }: JobPage): string {
  return count_kind === 'exact' ? count(jobs) : `at least ${count(jobs)}`;
}

function toggled<T>(chosen: T[], one: T): T[] {
  return chosen.includes(one) ? chosen.filter((each) => each !== one) : [...chosen, one];
}

/** Actions that can be taken back are done at once; the others are asked about first. */
function useAsking() {
  const act = useJobActions();
  const [asked, setAsked] = useState<{ action: JobAction; job: Job } | null>(null);
  const ask = useCallback(
    (action: JobAction, job: Job) => {
      if (isIrreversible(action, job)) setAsked({ action, job });
      else act(action, job);
    },
    [act],
  );
  return useMemo(
    () => ({
      asked,
      ask,
      confirm: (action: JobAction, job: Job) => {
        act(action, job);
        setAsked(null);
      },
      forget: () => setAsked(null),
    }),
    [asked, ask, act],
  );
}

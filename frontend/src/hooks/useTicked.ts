import { useCallback, useMemo, useState } from 'react';
import type { Job, JobQuery } from '@/services/jobs';
import { selectionOf } from '@/services/operations';
import type { Ticked } from '@/utils/ticked';

const NONE: ReadonlySet<number> = new Set();

/** Which rows are ticked. They stay so from page to page, and are let go when the filter changes. */
export function useTicked(query: JobQuery, rows: Job[] | undefined): Ticked {
  const filter = JSON.stringify(selectionOf(query));
  const [state, setState] = useState({ filter, ids: NONE, everything: false });
  const now = state.filter === filter ? state : { filter, ids: NONE, everything: false };
  const set = useCallback(
    (change: (ids: ReadonlySet<number>) => ReadonlySet<number>, everything = false) =>
      setState((before) => ({
        filter,
        ids: change(before.filter === filter ? before.ids : NONE),
        everything,
      })),
    [filter],
  );
  return useMemo(
    () => ({
      ids: now.ids,
      everything: now.everything,
      toggle: (id) => set((ids) => without(ids, [id]) ?? new Set([...ids, id])),
      togglePage: () => {
        const page = (rows ?? []).map((job) => job.id);
        set((ids) =>
          page.every((id) => ids.has(id)) ? (without(ids, page) ?? NONE) : new Set([...ids, ...page]),
        );
      },
      chooseEverything: () => set((ids) => ids, true),
      clear: () => set(() => NONE),
    }),
    [now.ids, now.everything, rows, set],
  );
}

/** The ids without these; undefined where none of these is among them. */
function without(ids: ReadonlySet<number>, gone: number[]): ReadonlySet<number> | undefined {
  if (!gone.some((id) => ids.has(id))) return undefined;
  return new Set([...ids].filter((id) => !gone.includes(id)));
}

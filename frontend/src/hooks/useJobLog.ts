import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { useLive } from '@/contexts/LiveContext';
import { fetchLog, type Stream } from '@/services/jobs';
import { LogReader, type LogState } from '@/services/logReader';

export interface JobLog extends LogState {
  reader: LogReader;
}

interface Source {
  id: number;
  attempt: number;
  stream: Stream;
  /** The line to open at; the end without one. */
  line: number | null;
  /** Changes when the attempt ends, so that its last lines are asked for even where no frame told of them. */
  ended: boolean;
}

/** A log that opens at its end, or at a line, and grows by live frames, or by polls where there are none. */
export function useJobLog({ id, attempt, stream, line, ended }: Source): JobLog {
  const live = useLive();
  const reader = useMemo(
    () => new LogReader((query, signal) => fetchLog(id, query, signal), { stream, attempt }),
    [id, attempt, stream],
  );
  const state = useSyncExternalStore(reader.watch, reader.getState);

  useEffect(() => {
    reader.start();
    return () => reader.close();
  }, [reader]);
  useEffect(() => {
    void (line === null ? reader.open() : reader.toLine(line));
  }, [reader, line]);
  useEffect(() => {
    if (ended) void reader.catchUp();
  }, [reader, ended]);
  const grows = state.opened && !state.complete;
  useEffect(() => {
    if (!grows) return undefined;
    return live.subscribe(
      () => ({ subscribe: 'logs', id, attempt, stream, offset: reader.followFrom }),
      (frame) => {
        if (frame.type === 'logs' && frame.id === id) reader.frame(frame);
        else if (frame.type === 'refetch') void reader.catchUp();
      },
    );
  }, [live, reader, id, attempt, stream, grows]);
  return { ...state, reader };
}

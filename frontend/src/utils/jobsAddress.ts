import type { Status } from '@/types/api.generated';

/** A stretch of time that the list can be narrowed to: what happened in it, from a moment up to another. */
export interface Stretch {
  of: 'created' | 'started' | 'completed';
  after: string;
  before: string;
}

interface Which {
  status?: Status;
  queue?: string;
  owner?: string;
  stretch?: Stretch;
}

/** Where the list shows these jobs. */
export function jobsAddress({ status, queue, owner, stretch }: Which): string {
  const params = new URLSearchParams({
    ...(status && { status }),
    ...(queue && { queue }),
    ...(owner && { owner }),
    ...(stretch && { [`${stretch.of}_after`]: stretch.after, [`${stretch.of}_before`]: stretch.before }),
  });
  return `/?${params.toString()}`;
}

/** The stretch of time that an address of the list names, if it names one. */
export function stretchOf(params: URLSearchParams): Stretch | null {
  for (const event of ['created', 'started', 'completed'] as const) {
    const after = moment(params.get(`${event}_after`));
    const before = moment(params.get(`${event}_before`));
    if (after && before) return { of: event, after, before };
  }
  return null;
}

function moment(text: string | null): string | null {
  return text && !Number.isNaN(Date.parse(text)) ? text : null;
}

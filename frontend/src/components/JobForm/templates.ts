import type { JobValues } from '@/utils/submission';

export interface Template {
  name: string;
  says: string;
  values: Pick<JobValues, 'kind' | 'name' | 'command'>;
}

const SHELL = `#!/bin/sh
set -eu

echo "Counting on $(hostname)"
for step in $(seq 1 20); do
    echo "step $step"
    echo "::progress $((step * 5)) step $step of 20::"
    sleep 1
done
`;

const PYTHON = `#!/usr/bin/env python3
import json
import os
import random
import time

steps = 40
inside = total = 0
for step in range(1, steps + 1):
    for _ in range(50_000):
        inside += random.random() ** 2 + random.random() ** 2 <= 1
        total += 1
    print(f"{total} points: pi is about {4 * inside / total:.5f}")
    with open(os.environ["JOBDECK_PROGRESS"], "w") as progress:
        progress.write(f"{100 * step // steps} {total} points")
    time.sleep(0.2)

with open(os.environ["JOBDECK_RESULT"], "w") as result:
    json.dump({"pi": 4 * inside / total, "points": total}, result)
`;

/** Starting points that run as they are. */
export const TEMPLATES: readonly Template[] = [
  {
    name: 'Shell script',
    says: 'Steps with progress lines',
    values: { kind: 'run', name: 'shell steps', command: SHELL },
  },
  {
    name: 'Python script',
    says: 'With progress and a JSON result',
    values: { kind: 'run', name: 'estimate pi', command: PYTHON },
  },
  {
    name: 'Tracked job',
    says: 'No command: your program reports',
    values: { kind: 'tracked', name: 'tracked work', command: '' },
  },
];

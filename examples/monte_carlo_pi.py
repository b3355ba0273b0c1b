#!/usr/bin/env python3
"""Estimate pi by throwing darts at a square.

Progress goes through $JOBDECK_PROGRESS, the estimate through $JOBDECK_RESULT. SAMPLES
(default 40,000,000) and SEED may be set in the job's environment.
"""

import json
import math
import os
import pathlib
import random
import time

SAMPLES = int(os.environ.get("SAMPLES", "40000000"))
SEED = int(os.environ.get("SEED", "1"))
BATCHES = 100


def write(variable, text):
    """Write to the file that Jobdeck named in the environment; outside Jobdeck, print."""
    path = os.environ.get(variable)
    if path is None:
        print(text)
        return
    pathlib.Path(path).write_text(text, encoding="utf-8")


def hits(dart, count):
    return sum(1 for _ in range(count) if dart() ** 2 + dart() ** 2 <= 1.0)


def main():
    dart = random.Random(SEED).random
    began = time.monotonic()
    inside = thrown = 0
    for batch in range(1, BATCHES + 1):
        size = SAMPLES * batch // BATCHES - thrown
        inside += hits(dart, size)
        thrown += size
        estimate = 4 * inside / thrown if thrown else 0.0
        print(f"{thrown:>12,} darts   pi is about {estimate:.6f}")
        write("JOBDECK_PROGRESS", f"{batch} {thrown:,} darts, pi is about {estimate:.4f}")
    share = inside / thrown
    write(
        "JOBDECK_RESULT",
        json.dumps(
            {
                "pi": 4 * share,
                "standard_error": 4 * math.sqrt(share * (1 - share) / thrown),
                "off_by": abs(4 * share - math.pi),
                "samples": thrown,
                "seed": SEED,
                "samples_per_second": round(thrown / (time.monotonic() - began)),
            }
        ),
    )


if __name__ == "__main__":
    main()

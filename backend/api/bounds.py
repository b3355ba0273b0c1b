"""What one request may ask for at most. Pairs are (least, most), both allowed.

What a job may ask for is in `jobs.limits`.
"""

ATTEMPT_NUMBER = (1, 2**31 - 1)

PAGE_SIZE, DEFAULT_PAGE_SIZE = (1, 100), 20
DEEPEST_ROW = 10_000
LONGEST_CURSOR = 2000

QUEUE_SIZE, DEFAULT_QUEUE_SIZE = (1, 100), 20
STATUSES_SIZE, DEFAULT_STATUSES_SIZE = (1, 1000), 100

MOST_SUBMITTED = 10_000  # jobs of one request
MOST_IDS = 10_000  # of one operation; a selection has no such limit
JOBS_PER_SECOND = (1, 100_000)
LONGEST_TOKEN = 4000

LOG_SLICE, DEFAULT_LOG_SLICE = (4, 1024 * 1024), 64 * 1024  # bytes; in four of them one character always fits
LOG_TAIL = (1, 100_000)  # lines

"""What a job may ask for, and what jobs can be looked for by: the least and the most.

Pure: imports nothing of ours. Columns and their checks, serializers and OpenAPI take it from here; the front
end's form has it from OpenAPI. Pairs are (least, most), both allowed.
"""

KIB = 1024
DAY = 86_400  # seconds

LONGEST_NAME = 255
LONGEST_DESCRIPTION = 20_000
PRIORITY = (1, 10)
MOST_TAGS = 20
LONGEST_TAG = 64
LONGEST_QUEUE = 64
LONGEST_EXECUTOR = 16

LARGEST_COMMAND = 64 * KIB  # bytes
LONGEST_DIRECTORY = 4000
MOST_VARIABLES = 200
LONGEST_VARIABLE = 32 * KIB
LARGEST_ENVIRONMENT = 128 * KIB  # bytes, all names and values together

TIMEOUT = (1, 366 * DAY)  # seconds
ATTEMPTS = (1, 100)
RETRY_DELAY = (0, 7 * DAY)  # seconds
MOST_DEPENDENCIES = 100
FARTHEST_START = 3660 * DAY  # seconds ahead

CPUS = (0.01, 4096.0)
MEMORY_MB = (1, 2**31 - 1)
GPUS = (0, 1024)
DISK_MB = (0, 2**31 - 1)

PROGRESS = (0, 100)  # percent
LONGEST_MESSAGE = 4000
LARGEST_ERROR = 64 * KIB

LEASE = (5, 7 * DAY)  # seconds, of a claim over HTTP
MOST_CLAIMED = 100
LONGEST_WORKER = 255

LARGEST_ID = 2**63 - 1
LONGEST_USERNAME = 150
EXIT_CODE = (-(2**31), 2**31 - 1)
LONGEST_IDEMPOTENCY_KEY = 255

KEEP_DAYS = (1, 36_600)  # after the end of a job

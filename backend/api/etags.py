"""ETag and If-Match: a version of a job, as the API names it."""

import re

from django.http import HttpRequest
from rest_framework.request import Request

from jobs.errors import Invalid, StaleVersion

# A tag of a job's page ends with a digest of what it shows beyond the version (`api.conditional`).
_JOB = re.compile(r'(?:W/)?"(\d{1,19})-(\d{1,10})(?:-[0-9a-f]{16})?"', re.ASCII)
_TAG = re.compile(r'(?:W/)?("[^"]*"|\*)')
_SHAPE = 'The form is W/"<id>-<version>", as the ETag of the job has it, or *.'


def etag(job_id: int, version: int) -> str:
    """The tag of a job at a version. Weak: running times go on within one."""
    return f'W/"{job_id}-{version}"'


def tags_in(header: str) -> frozenset[str]:
    """The tags that a header names, as we write them, with `*` among them; what is none is left out."""
    return frozenset(tag if tag == "*" else f"W/{tag}" for tag in _TAG.findall(header))


def expected_version(request: Request | HttpRequest, job_id: int) -> int | None:
    """The version that If-Match names for this job, None where it names none.

    :raises Invalid: the header is none that we could have given out.
    :raises StaleVersion: it names other jobs only.
    """
    header = request.headers.get("If-Match", "*").strip()
    if header == "*":
        return None
    tags = [_JOB.fullmatch(tag.strip()) for tag in header.split(",")]
    if len(tags) > 1 or tags[0] is None:
        raise Invalid.field("If-Match", "This is not the ETag of a job.", _SHAPE)
    job, version = (int(part) for part in tags[0].groups())
    if job != job_id or version > 2**31 - 1:
        raise StaleVersion
    return version

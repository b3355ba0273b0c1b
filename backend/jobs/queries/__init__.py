"""Reading: jobs as rows, lists, details, the queue and the workers. Nothing here changes anything.

SQL is written out because lists are the hottest path of the API: one statement for a page, whatever it shows.
The shapes are those that `api.serializers` describes.
"""

from .counting import Count, count_jobs
from .detail import job_detail
from .history import StatusPage, status_page
from .listing import ALWAYS, Condition, JobList, Order, Place, all_of, list_jobs
from .queue import next_in_queue
from .rows import PLAIN, JobJSON, job_json, jobs_by_ids
from .workers import Fleet, WorkerFacts, fleet, list_workers

__all__ = [
    "ALWAYS",
    "PLAIN",
    "Condition",
    "Count",
    "Fleet",
    "JobJSON",
    "JobList",
    "Order",
    "Place",
    "StatusPage",
    "WorkerFacts",
    "all_of",
    "count_jobs",
    "fleet",
    "job_detail",
    "job_json",
    "jobs_by_ids",
    "list_jobs",
    "list_workers",
    "next_in_queue",
    "status_page",
]

"""Reading: jobs as rows, lists, details, the queue and the workers. Nothing here changes anything.

SQL is written out because lists are the hottest path of the API: one statement for a page, whatever it shows.
The shapes are those that `api.serializers` describes.
"""

from .candidates import Candidates, CandidateSource
from .condition import ALWAYS, Condition, all_of
from .criteria import FIELDS, Criterion, Field, Selection, Values
from .dependencies import Dependencies, dependencies, present
from .detail import Whereabouts, job_detail, where_is
from .history import StatusPage, status_page
from .listing import Count, JobList, list_jobs, made_at
from .orders import DEFAULT_ORDER, ORDERS, Order, Place
from .paths import BY_AGE, leads_through
from .queue import next_in_queue
from .rows import PLAIN, JobJSON, job_json, jobs_by_ids
from .workers import Fleet, WorkerFacts, fleet, list_workers

__all__ = [
    "ALWAYS",
    "BY_AGE",
    "DEFAULT_ORDER",
    "FIELDS",
    "ORDERS",
    "PLAIN",
    "CandidateSource",
    "Candidates",
    "Condition",
    "Count",
    "Criterion",
    "Dependencies",
    "Field",
    "Fleet",
    "JobJSON",
    "JobList",
    "Order",
    "Place",
    "Selection",
    "StatusPage",
    "Values",
    "Whereabouts",
    "WorkerFacts",
    "all_of",
    "dependencies",
    "fleet",
    "job_detail",
    "job_json",
    "jobs_by_ids",
    "leads_through",
    "list_jobs",
    "list_workers",
    "made_at",
    "next_in_queue",
    "present",
    "status_page",
    "where_is",
]

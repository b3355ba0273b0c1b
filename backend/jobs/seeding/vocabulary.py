"""What made-up jobs are about: words, queues, people and commands, each as common as it would be.

Most are drawn by Zipf's law, the first of a list the most often. A few names hold a rare word, most a token
that no other has. No word holds a tab, a line break or a backslash, which COPY would want escaped. Pure:
imports nothing of ours.
"""

from collections.abc import Iterator, Sequence
from itertools import product
from random import Random
from typing import NamedTuple, TypeVar


def _words(text: str) -> list[str]:
    return text.split()


VERBS = _words(
    "train evaluate simulate render align convert index backup resize predict assemble sweep fold "
    "benchmark deduplicate calibrate segment annotate compress mesh"
)
NOUNS = _words(
    "resnet genome climate protein wing invoice galaxy crystal traffic reservoir tumour turbine corpus "
    "ledger lattice plankton satellite glacier battery codec aorta neutrino canopy wheat fjord"
)
DATASETS = _words(
    "imagenet hg38 era5 uniref90 openfoam sentinel2 wikitext sdss mnist kitti cifar100 pubmed landsat8 "
    "gaia3 librispeech coco2017 noaa-buoys chembl33 taxi-2025 arxiv-tex"
)
RARE_WORDS = ["".join(parts) for parts in product(_words("vel tor mi qua zen bra lo dri"), repeat=4)]
QUEUES = _words(
    "default cpu gpu short long nightly interactive highmem batch render bio weather finance ci sandbox spare"
)
PEOPLE = _words(
    "ada grace alan edsger barbara donald margaret dennis katherine linus radia ken frances tim hedy john"
)
TAGS = _words(
    "prod nightly test baseline gpu retrain urgent paper-1 q4 sweep eu customer-acme reproducible tuning "
    "demo ablation weekly long-tail v2 migration cold smoke billing calibrated release"
)
NODES = [f"seed-node-{number}" for number in range(1, 7)]

COMMANDS = (
    "python {verb}.py --data {dataset} --run {token}",
    "python -m {noun}.{verb} --input data/{dataset} --workers 4 --run {token}",
    "./bin/{verb}-{noun} --config conf/{dataset}.yaml --out {token}",
    "bash scripts/{verb}_{noun}.sh {dataset} {token}",
    "snakemake --cores 2 results/{noun}/{token}.done",
    "",  # tracked: a program reports on it
)
COMMAND_WEIGHTS = (34, 24, 16, 9, 5, 12)
ENVIRONMENTS = ("{}", '{"OMP_NUM_THREADS": "4"}', '{"CUDA_VISIBLE_DEVICES": "0", "SEED": "17"}')
RESOURCES = (
    "{}",
    '{"cpus": 2}',
    '{"cpus": 4, "memory_mb": 8192}',
    '{"cpus": 8, "memory_mb": 32768, "gpus": 1}',
)
PRIORITIES = ("5", "4", "6", "7", "3", "8", "2", "9", "10", "1")
PRIORITY_WEIGHTS = (50, 10, 10, 8, 6, 5, 4, 3, 2, 2)
EXECUTORS = ("local", "celery", "slurm")
EXECUTOR_WEIGHTS = (85, 10, 5)

_WITH_TOKEN = 0.6
_WITH_RARE_WORD = 0.02
_WITH_CAMPAIGN = 0.01
_WITH_DESCRIPTION = 0.2

Thing = TypeVar("Thing")


class Topic(NamedTuple):
    """What one job is about, as its columns have it; `tags` as an array's literal, JSON as text."""

    name: str
    description: str
    command: str
    tags: str
    queue: str
    owner_id: str
    priority: str
    executor: str
    resources: str
    environment: str


def topics(chance: Random, indexes: range, owners: Sequence[int]) -> Iterator[Topic]:
    """What the jobs with these indexes are about; `owners` are ids of users, the busiest first."""
    count = len(indexes)
    drawn = zip(
        indexes,
        _zipf(chance, VERBS, count, 0.8),
        _zipf(chance, NOUNS, count, 0.9),
        _zipf(chance, DATASETS, count),
        chance.choices(COMMANDS, COMMAND_WEIGHTS, k=count),
        _zipf(chance, QUEUES, count),
        _zipf(chance, [str(owner) for owner in owners], count),
        chance.choices(PRIORITIES, PRIORITY_WEIGHTS, k=count),
        chance.choices(EXECUTORS, EXECUTOR_WEIGHTS, k=count),
        _zipf(chance, RESOURCES, count, 1.6),
        _zipf(chance, ENVIRONMENTS, count, 1.6),
        strict=True,
    )
    for index, verb, noun, dataset, template, queue, owner, priority, executor, resources, variables in drawn:
        token = _token(index)
        yield Topic(
            name=_name(chance, verb, noun, dataset, token),
            description=f"To {verb} the {noun} again, with {dataset}."
            if chance.random() < _WITH_DESCRIPTION
            else "",
            command=template.format(verb=verb, noun=noun, dataset=dataset, token=token),
            tags=_tags(chance),
            queue=queue,
            owner_id=owner,
            priority=priority,
            executor=executor if template else "local",
            resources=resources,
            environment=variables,
        )


def _name(chance: Random, verb: str, noun: str, dataset: str, token: str) -> str:
    rare = f" {chance.choice(RARE_WORDS)}" if chance.random() < _WITH_RARE_WORD else ""
    last = f" {token}" if chance.random() < _WITH_TOKEN else ""
    return f"{verb} {noun} {dataset}{rare}{last}"


def _token(index: int) -> str:
    """Eight digits of base 16 that no other index up to four billion has: the multiplier is odd."""
    return f"{index * 2_654_435_761 % 2**32:08x}"


def _tags(chance: Random) -> str:
    count = _TAG_COUNTS[int(chance.random() * len(_TAG_COUNTS))]
    chosen = dict.fromkeys(chance.choices(TAGS, cum_weights=_TAG_WEIGHTS, k=count)) if count else {}
    if chance.random() < _WITH_CAMPAIGN:
        chosen[f"campaign-{chance.randrange(2000)}"] = None
    return f"{{{','.join(chosen)}}}"


def _zipf(chance: Random, things: Sequence[Thing], count: int, exponent: float = 1.1) -> list[Thing]:
    return chance.choices(things, cum_weights=_cumulated(len(things), exponent), k=count)


def _cumulated(count: int, exponent: float) -> list[float]:
    total, weights = 0.0, []
    for rank in range(1, count + 1):
        total += rank**-exponent
        weights.append(total)
    return weights


_TAG_COUNTS = (0, 0, 1, 1, 1, 2, 2, 3)
_TAG_WEIGHTS = _cumulated(len(TAGS), 0.9)

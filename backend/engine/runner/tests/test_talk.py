import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from engine.runner.client import Event, RunnerGoneError
from engine.runner.protocol import MAX_LINE, VERSION
from engine.runner.tests.harness import Runner, make_spec


class RawClient:
    """Says anything, also what the real client never would."""

    def __init__(self, runner: Runner) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(60)
        self.socket.connect(str(runner.socket))
        self._lines = self.socket.makefile("rb")

    def say(self, line: bytes) -> dict[str, Any]:
        self.socket.sendall(line + b"\n")
        return self.hear()

    def hear(self) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self._lines.readline())
        return answer

    def ask(self, **request: object) -> dict[str, Any]:
        return self.say(json.dumps(request).encode())

    def tell(self, *requests: dict[str, object]) -> None:
        """Without waiting for answers."""
        self.socket.sendall(b"".join(json.dumps(request).encode() + b"\n" for request in requests))

    def hello(self) -> dict[str, Any]:
        return self.ask(id=0, do="hello", agent="raw", protocol=VERSION)

    def is_closed(self) -> bool:
        return self._lines.read() == b""


def spec_with(**changes: object) -> dict[str, object]:
    return {"id": 1, "do": "start", "spec": {**make_spec("true").as_json(), **changes}}


def test_hello_tells_what_the_machine_can_do(runner: Runner) -> None:
    hello = runner.client.hello

    assert hello["protocol"] == VERSION
    assert hello["kill_by"] == ("cgroup" if runner.way == "cgroup" else "environment mark")
    assert hello["pid"] == runner.process.pid
    assert hello["cpus"] >= 1
    assert hello["memory_mb"] > 100
    if runner.way != "cgroup":
        assert hello["limits"] == {"memory": False, "cpu": False, "pids": False}


def test_a_newer_agent_fences_the_older(own_runner: Runner) -> None:
    older, newer = own_runner.client, own_runner.connect("newer")

    with pytest.raises(RunnerGoneError):
        older.attempts()
    assert newer.attempts() == []


def test_an_agent_that_comes_back_finds_everything(own_runner: Runner) -> None:
    ended, _ = own_runner.ended("exit 3")
    running = own_runner.run("echo ready; sleep 1000")
    own_runner.await_output(running, "ready")
    own_runner.client.close()

    own_runner.client = own_runner.connect()

    states = {record["attempt_id"]: record["state"] for record in own_runner.client.attempts()}
    assert states == {ended.attempt_id: "ended", running.attempt_id: "running"}
    own_runner.client.stop(running.attempt_id, running.lease, reason="cancelled", grace=1)
    own_runner.exit(running)


def test_jobs_end_while_no_agent_is_there(own_runner: Runner) -> None:
    specs = [own_runner.run(f"sleep 0.2; seq 200; exit {i}") for i in range(5)]
    own_runner.client.close()
    for spec in specs:
        own_runner.await_true(own_runner.file(spec, "exit.json").exists, "it has ended")

    own_runner.client = own_runner.connect()

    assert [own_runner.exit(spec)["exit_code"] for spec in specs] == list(range(5))
    names = {event.name for event in own_runner.client.events()}
    assert "ended" in names


def test_events_say_where_to_look(one_runner: Runner) -> None:
    spec = one_runner.run("echo hi; sleep 1000")
    output, heard = Event("output", spec.attempt_id), []

    def has_ended() -> bool:
        heard.extend(one_runner.client.events())
        return any(event.name == "ended" for event in heard)

    one_runner.await_true(lambda: one_runner.client.events() == [output], "it has written")
    one_runner.client.stop(spec.attempt_id, spec.lease, reason="cancelled", grace=5)
    one_runner.await_true(has_ended, "it has ended")
    assert Event("ended", spec.attempt_id, one_runner.exit(spec)) in heard


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (b"", "one line of JSON"),
        (b"rubbish", "one line of JSON"),
        (b"\xff\xfe", "one line of JSON"),
        (b"[" * 100_000, "one line of JSON"),
        (b"[1]", "a JSON object"),
        (b'{"do": 1}', "do must be a text"),
    ],
)
def test_rubbish_is_answered_and_survived(runner: Runner, line: bytes, sentence: str) -> None:
    client = RawClient(runner)
    client.hello()

    answer = client.say(line)

    assert (answer["ok"], answer["error"]) == (False, "bad_request")
    assert sentence in answer["message"]
    assert client.ask(id=2, do="list")["ok"]
    runner.client = runner.connect()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"attempt_id": "7"}, "spec.attempt_id must be a whole number from 1 up."),
        ({"attempt_id": True}, "spec.attempt_id"),
        ({"lease": "mine"}, "spec.lease must be a UUID."),
        ({"attempt_id": "../.."}, "spec.attempt_id"),
        ({"timeout": -1}, "spec.timeout must be a number from 0 up."),
        ({"deadline": 1e999}, "spec.deadline"),
        ({"deadline": None}, "spec.deadline"),
        ({"environment": {"A": 1}}, "spec.environment must be an object of texts."),
        ({"environment": []}, "spec.environment"),
        ({"command": None}, "spec.command must be a text."),
        ({"log_cap": 10}, "spec.log_cap must be a whole number from 1024 up."),
    ],
)
def test_a_wrong_field_is_named(one_agent: RawClient, change: dict[str, object], sentence: str) -> None:
    answer = one_agent.ask(**spec_with(**change))

    assert answer["error"] == "bad_request"
    assert sentence in answer["message"]


@pytest.mark.parametrize(
    "request_",
    [
        {"do": "start", "spec": []},
        {"do": "extend", "leases": [1]},
        {"do": "extend", "leases": [{"attempt_id": 1, "lease": "a"}]},
        {"do": "stop", "attempt_id": 1, "lease": "a", "reason": "fun", "grace": 1},
        {"do": "forget"},
        {"do": "dance"},
        {"do": "hello"},
    ],
)
def test_requests_of_the_wrong_shape_are_refused(one_agent: RawClient, request_: dict[str, object]) -> None:
    answer = one_agent.ask(id=5, **request_)

    assert (answer["id"], answer["error"]) == (5, "bad_request")


def test_a_line_without_an_end_is_cut_off_and_the_next_one_heard(one_agent: RawClient) -> None:
    answer = one_agent.say(b'{"do": "' + b"x" * (MAX_LINE + 1000) + b'"}')

    assert answer["error"] == "too_long"
    assert one_agent.ask(id=6, do="list")["id"] == 6


def test_many_are_asked_for_at_once_and_each_is_answered(one_agent: RawClient) -> None:
    requests = [{**spec_with(), "id": number} for number in range(100)]
    requests[50] = {**spec_with(command=None), "id": 50}
    one_agent.tell(*requests)

    answers: dict[int, dict[str, Any]] = {}
    while len(answers) < len(requests):
        if "id" in (heard := one_agent.hear()):
            answers[heard["id"]] = heard

    assert list(answers) == list(range(100))
    assert [number for number, answer in answers.items() if not answer["ok"]] == [50]


def test_an_agent_that_goes_while_it_asks_for_many_can_ask_again(one_runner: Runner) -> None:
    specs = [make_spec("echo ran") for _ in range(100)]
    hasty = RawClient(one_runner)
    hasty.hello()
    hasty.tell(*({"id": 1, "do": "start", "spec": spec.as_json()} for spec in specs))
    hasty.socket.close()
    one_runner.client = one_runner.connect()

    assert one_runner.client.start_many(specs) == {}
    for spec in specs:
        assert one_runner.exit(spec)["exit_code"] == 0
        assert one_runner.output(spec) == "ran\n"
    assert one_runner.client.forget_many({spec.attempt_id: spec.lease for spec in specs}) == {}
    assert one_runner.client.attempts() == []


def test_what_is_too_long_is_not_even_sent(one_runner: Runner) -> None:
    long, short = make_spec("#" * MAX_LINE), make_spec("true")

    refused = one_runner.client.start_many([long, short])

    assert {attempt_id: error.code for attempt_id, error in refused.items()} == {long.attempt_id: "too_long"}
    assert one_runner.exit(short)["exit_code"] == 0


def test_nothing_is_done_before_hello(one_runner: Runner) -> None:
    client = RawClient(one_runner)

    assert client.ask(id=1, do="list")["error"] == "hello_first"
    assert one_runner.client.attempts() == []


def test_an_agent_that_asks_and_never_listens_harms_nobody(one_runner: Runner) -> None:
    deaf = RawClient(one_runner)
    deaf.hello()
    deaf.socket.setblocking(False)
    request = b'{"id": 1, "do": "list"}\n' * 1000
    with pytest.raises(BlockingIOError):
        for _ in range(10_000):
            deaf.socket.send(request)

    one_runner.client = one_runner.connect()

    assert one_runner.ended("exit 3")[1]["exit_code"] == 3
    deaf.socket.close()


def test_idle_connections_make_room_for_new_ones(one_runner: Runner) -> None:
    idle = [RawClient(one_runner) for _ in range(40)]

    assert idle[0].is_closed()
    assert one_runner.client.attempts() == []
    for client in idle:
        client.socket.close()


@pytest.fixture
def one_agent(shared_runner: Runner) -> Iterator[RawClient]:
    client = RawClient(shared_runner)
    client.hello()
    yield client
    client.socket.close()

"""What is in the way of listening is named, and the way out with it."""

import socket
from collections.abc import Iterator

import pytest

from standalone.errors import CannotStart
from standalone.web_address import address, check_free, next_free

HOST = "127.0.0.1"


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server((HOST, 0)) as server:
        yield server.getsockname()[1]


def test_a_taken_port_is_named_with_the_next_free_one(taken: int) -> None:
    free = next_free(HOST, taken)
    with pytest.raises(CannotStart, match=rf"Port {taken} .* taken .*PORT={free} make run"):
        check_free(HOST, taken)


def test_a_free_port_is_fine(taken: int) -> None:
    free = next_free(HOST, taken)
    assert free is not None
    check_free(HOST, free)


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(CannotStart, match=r"192\.0\.2\.1"):
        check_free("192.0.2.1", 8000)


@pytest.mark.parametrize(
    ("host", "addresses"),
    [("localhost", {"127.0.0.1", "::1"}), ("127.0.0.1", {"127.0.0.1"}), ("::1", {"::1"})],
)
def test_a_host_name_becomes_an_address_to_listen_on(host: str, addresses: set[str]) -> None:
    assert address(host) in addresses


def test_a_name_without_an_address_is_refused() -> None:
    with pytest.raises(CannotStart, match=r"jobs\.invalid"):
        check_free("jobs.invalid", 8000)

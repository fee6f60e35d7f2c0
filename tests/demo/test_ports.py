"""Which port a demo's server gets."""

import socket

import pytest

from letters.demo import ports
from letters.demo.instance import HOST
from letters.demo.ports import claimed_port
from letters.demo.processes import ProcessFailed


@pytest.mark.parametrize("shared", [False, True])
def test_a_port_that_is_taken_is_passed_over(*, shared: bool) -> None:
    with socket.create_server((HOST, 0), reuse_port=shared) as taken:
        port = taken.getsockname()[1]
        with claimed_port(port) as claimed:
            assert port < claimed < port + 100


def test_a_port_that_another_demo_has_claimed_is_passed_over() -> None:
    with claimed_port() as first, claimed_port(first) as second:
        assert first < second < first + 100


def test_a_claim_does_not_keep_the_server_from_listening() -> None:
    with claimed_port() as claimed, socket.create_server((HOST, claimed)) as server:
        assert server.getsockname()[1] == claimed


def test_a_claim_ends_with_its_block() -> None:
    with claimed_port() as first:
        pass

    with claimed_port(first) as again:
        assert again == first


def test_where_no_port_is_left_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setattr(ports, "LAST_PORT", port)
        with (
            pytest.raises(ProcessFailed, match=f"No port from {port} on is free"),
            claimed_port(port),
        ):
            pass

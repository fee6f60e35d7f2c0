"""Which port a demo's server gets."""

import socket

import pytest

from letters.demo import ports
from letters.demo.instance import HOST
from letters.demo.ports import listen_from
from letters.demo.processes import ProcessFailed


def _port(listener: socket.socket) -> int:
    return int(listener.getsockname()[1])


@pytest.mark.parametrize("shared", [False, True])
def test_a_port_that_is_taken_is_passed_over(*, shared: bool) -> None:
    with socket.create_server((HOST, 0), reuse_port=shared) as taken:
        first = _port(taken)
        with listen_from(first) as listener:
            assert first < _port(listener) < first + 100


def test_a_port_that_another_demo_has_is_passed_over() -> None:
    with listen_from() as one, listen_from(_port(one)) as other:
        assert _port(one) < _port(other) < _port(one) + 100


def test_a_port_is_free_again_afterwards() -> None:
    with listen_from() as listener:
        port = _port(listener)

    with listen_from(port) as again:
        assert _port(again) == port


def test_where_no_port_is_left_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server((HOST, 0)) as taken:
        monkeypatch.setattr(ports, "LAST_PORT", _port(taken))
        with pytest.raises(ProcessFailed, match=f"No port from {_port(taken)} on is free"):
            listen_from(_port(taken))

"""`letters demo`: the service over its own data in ./instance, until Ctrl-C.

What takes long to import is imported while the server starts.
"""

import socket
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn

from letters.demo.home import Unusable, alone_in, check_writable
from letters.demo.instance import Instance, keys_in
from letters.demo.ports import listen_from
from letters.demo.processes import Processes, ProcessFailed, end_on_signals

HOME = Path("instance")
FIRST_PORT = 8000
SECONDS_BETWEEN_LOOKS = 0.2

Say = Callable[[str], None]


def run(first_port: int, say: Say, home: Path = HOME, *, whole_season: bool = False) -> int:
    """Run the demo until Ctrl-C or SIGTERM; return the exit status.

    A whole season lies beside the short example, so that each keeps what was done in it.
    """
    end_on_signals()
    try:
        _run(first_port, say, home, whole_season=whole_season)
    except KeyboardInterrupt:
        say("The demo has ended. Its data is kept.")
        return 0
    except (ProcessFailed, Unusable) as failure:
        sys.stderr.write(f"{failure}\n")
        return 1


def _run(first_port: int, say: Say, home: Path, *, whole_season: bool) -> NoReturn:
    with listen_from(first_port) as listener:
        _, port = listener.getsockname()
        _serve(prepared(home, port, say, whole_season=whole_season), listener, say)


def _serve(instance: Instance, listener: socket.socket, say: Say) -> NoReturn:
    with Processes(instance) as processes:
        processes.start_server(listener)
        addresses = _addresses(instance)
        processes.wait_until_answering()
        processes.start_worker()
        _show(addresses, say)
        while True:
            processes.check_alive()
            time.sleep(SECONDS_BETWEEN_LOOKS)


def prepared(home: Path, port: int, say: Say, *, whole_season: bool) -> Instance:
    """Return the instance in `home`, whose keys and data are made if they are not there.

    Raises Unusable.
    """

    def tell() -> None:
        say("Another demo is being prepared here. Waiting for it …")

    with alone_in(home, tell):
        instance = Instance(
            folder=home / ("season" if whole_season else "demo"),
            keys=keys_in(home / "demo.json"),
            port=port,
        )
        _load_once(instance, say, whole_season=whole_season)
        check_writable(instance.folder)
    return instance


def _load_once(instance: Instance, say: Say, *, whole_season: bool) -> None:
    if instance.folder.exists():
        return
    from letters.demo import loading  # noqa: PLC0415 -- on later starts the server goes first

    say("Making the example data, once …")
    loading.load(instance, whole_season=whole_season)


def _addresses(instance: Instance) -> Mapping[str, str]:
    from letters.demo import opening  # noqa: PLC0415 -- the server starts meanwhile

    opening.bring_up_to_date(instance)
    return opening.addresses(instance)


def _show(addresses: Mapping[str, str], say: Say) -> None:
    width = max(map(len, addresses)) + 1
    for what, address in addresses.items():
        say(f"{what + ':':{width}} {address}")
    say("Press Ctrl-C to end the demo.")

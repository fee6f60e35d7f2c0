"""`letters demo --check`: the whole story in a private instance that is removed again."""

import socket
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from letters.demo.instance import Instance, new_keys
from letters.demo.ports import listen_from
from letters.demo.processes import Processes, ProcessFailed, end_on_signals
from letters.demo.story import Step, Story
from letters.house import assemble
from letters.migrating import upgrade

Say = Callable[[str], None]


def check(say: Say) -> int:
    """Play the story, telling each step; return the exit status."""
    end_on_signals()
    with TemporaryDirectory(prefix="letters-check-") as folder, listen_from() as listener:
        _, port = listener.getsockname()
        instance = Instance(Path(folder), new_keys(), port)
        with Processes(instance) as processes:
            try:
                return _check(instance, processes, listener, say)
            except ProcessFailed as failure:
                say(f"The service does not run. {failure}")
                return 1


def _check(instance: Instance, processes: Processes, listener: socket.socket, say: Say) -> int:
    processes.start_server(listener)
    upgrade(instance.settings.database_url)
    processes.start_worker()
    processes.wait_until_answering()
    house = assemble(instance.settings)
    with closing(house.database):
        well = play(Story(instance, house.works).steps(), say)
    if not well:
        say(processes.last_lines())
        return 1
    say("Everything went as it should.")
    return 0


def play(steps: Sequence[Step], say: Say) -> bool:
    """Play the steps, telling each; stop at the first that fails, and say whether none did."""
    for number, (words, do) in enumerate(steps, start=1):
        try:
            do()
        except Exception as error:  # noqa: BLE001 -- whatever goes wrong in a step is what is to be told
            say(f"{number}. {words} … failed: {str(error) or type(error).__name__}")
            return False
        say(f"{number}. {words} … ok")
    return True

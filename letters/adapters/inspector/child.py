"""The child: the content comes on standard input, what was found leaves on standard output.

Where a picture is asked for, that is a PNG, or nothing. Otherwise each line is JSON: the findings
so far, as soon as there are any, so that they count even when a limit is hit afterwards; then all
findings, and last the text of a file that is acceptable.
"""

import json
import sys
from dataclasses import asdict

from letters.adapters.inspector.examination import examine
from letters.adapters.inspector.kinds import DRAW, INSPECT
from letters.adapters.inspector.picture import draw_picture
from letters.adapters.inspector.text import read_texts
from letters.children import limit_this_process
from letters.domain.documents import Findings, refusal


def main() -> None:
    """Limit this process, then do the task that is the first argument to what comes in.

    The other arguments are the limits: seconds, and bytes of memory.
    """
    task, seconds, memory = sys.argv[1:]
    limit_this_process(float(seconds), int(memory))
    TASKS[task](sys.stdin.buffer.read())


def inspect(content: bytes) -> None:
    """Say what is in the file."""
    findings = examine(content, _say_findings)
    _say_findings(findings)
    if refusal(findings) is None:
        _say({"texts": [[page.text, page.blank] for page in read_texts(content)]})


def draw(content: bytes) -> None:
    """Give the picture of the first page."""
    sys.stdout.buffer.write(draw_picture(content) or b"")


TASKS = {INSPECT: inspect, DRAW: draw}


def _say_findings(findings: Findings) -> None:
    said = asdict(findings)
    del said["texts"]
    _say(said)


def _say(what: dict[str, object]) -> None:
    line = json.dumps(what, ensure_ascii=False) + "\n"
    sys.stdout.buffer.write(line.encode("utf-8", "replace"))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()

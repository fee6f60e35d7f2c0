"""The child: the content comes on standard input, the findings leave as JSON on standard output."""

import json
import sys
from dataclasses import asdict

from letters.adapters.inspector.examination import examine
from letters.children import limit_this_process


def main() -> None:
    """Limit this process, then look at what comes in. Seconds and bytes of memory are arguments."""
    seconds, memory = sys.argv[1:]
    limit_this_process(float(seconds), int(memory))
    findings = examine(sys.stdin.buffer.read())
    sys.stdout.write(json.dumps(asdict(findings)))


if __name__ == "__main__":
    main()

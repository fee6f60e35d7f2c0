"""The child: a picture comes on standard input, and leaves anew on standard output.

What cannot be taken leaves as the name of its fault instead.
"""

import sys

from letters.adapters.pictures.redrawing import redrawn
from letters.children import limit_this_process


def main() -> None:
    """Limit this process to seconds and bytes of memory, the arguments, then draw."""
    seconds, memory = sys.argv[1:]
    limit_this_process(float(seconds), int(memory))
    answer = redrawn(sys.stdin.buffer.read())
    sys.stdout.buffer.write(answer if isinstance(answer, bytes) else answer.value.encode("ascii"))


if __name__ == "__main__":
    main()

"""The demo's web server: `python -m letters.demo.server N`, where N is an open file: its socket."""

import socket
import sys

from letters.app import create_demo_app
from letters.serving import run

THREADS = 10
"""How many requests are answered at the same time."""

if __name__ == "__main__":
    run(socket.socket(fileno=int(sys.argv[1])), THREADS, create_demo_app)

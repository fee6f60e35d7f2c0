"""The way in: `letters` and `python -m letters`."""

from letters.cli import letters


def main() -> None:
    """Run the command that was typed."""
    letters()


if __name__ == "__main__":
    main()

"""Floor 0: the rules. Standard library only, pure, and `now` is always an argument."""

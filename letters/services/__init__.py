"""Floor 2: the use cases. Verbs; each runs inside one Work, none commits, none knows HTTP."""

"""The web floor: what each reader is shown, and what each may do."""

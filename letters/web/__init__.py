"""Floor 3: thin blueprints, one per reader. What they decide is decided downstairs."""

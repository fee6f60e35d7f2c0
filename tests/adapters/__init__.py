"""The outside world behind the ports: what each adapter promises, and how it fails."""

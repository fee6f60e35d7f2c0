"""The outside world: one file for each thing that a port asks for, and none knows another."""

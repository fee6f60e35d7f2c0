"""Stories of several parties."""

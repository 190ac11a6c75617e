"""The outside world: one file per kind of source, one per channel. Knows nothing of the store or of settings files."""

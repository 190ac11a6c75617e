"""WHAT CAN BE SET: typed settings, and everything that a second province would change, as TOML and CSV data."""

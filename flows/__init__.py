"""WHEN it runs: Prefect flows and the clock. Thin; the work is done in steps."""

"""WHAT is done: plain functions for one unit of data, shared by flows, desk and command line. No Prefect, no FastAPI."""

"""How good and how fast, each figure beside a peer's from the same run. Read by `kepu bench` only; docs/benchmarks.md."""

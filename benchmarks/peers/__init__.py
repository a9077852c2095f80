"""The same marts from the same inputs, by other tools (benchmarks/README.md, Peers)."""

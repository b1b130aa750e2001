"""How fast Subside is, beside others on the same problem in the same run: ``python benchmarks``."""

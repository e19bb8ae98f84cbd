"""The laboratory: evaluation, benchmarks, the demo and training; nothing that a robot runs."""

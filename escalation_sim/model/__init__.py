"""What runs: a scenario with every name resolved, immutable and picklable."""

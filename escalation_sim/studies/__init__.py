"""Many runs: design points, chunks, workers, exact reductions, and the store on disk."""

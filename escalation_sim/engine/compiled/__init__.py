"""A second driver of the same models: kernels written from checked trees, run as machine code."""

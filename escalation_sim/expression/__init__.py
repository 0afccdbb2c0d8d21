"""The guard language: text to syntax tree, to checked tree, to values and explanations.

No part of a scenario's text ever reaches Python's own parser or evaluator: the grammar, the tree
and the functions are this package's, and there is nothing in them to reach the host through.
"""

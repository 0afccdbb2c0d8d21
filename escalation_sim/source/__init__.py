"""YAML text in, a tree with positions out: the only room that imports `yaml`.

`reader.load(path, shown)` and `reader.loads(data, shown)` give `tree.Mapping` nodes or raise
`ScenarioError` with every problem found; `limits` says what is too much, `traps` which plain
texts other YAML readers would have turned into something else.
"""

"""A small register of claims, good in itself: for scenarios that cite one, and to be spoilt."""

SMALL_REGISTER = """\
schema: 1
title: A small register
origins:
  paper: {name: A paper, chain: [two people, a paper]}
open_questions:
  how-long: How long it takes.
claims:
  plan.first:
    by: two people
    statement: Something would be done within a day.
    kind: reported
    origin: paper
    grade: {reliability: C, credibility: 3}
    leaves_open: [how-long]
    contested_by: [side.no]
  side.no:
    by: a spokesman
    statement: He says that it will not be done.
    kind: declared
    origin: paper
    grade: {reliability: B, credibility: 2}
    leaves_open: []
    contested_by: []
    when: a Monday
"""

"""Tokens become a tree: what binds how tightly, where each part stands, how much is too much."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from escalation_sim.expression import parser, syntax
from escalation_sim.expression.lexer import SyntaxFault
from escalation_sim.expression.parser import parse

PIECES = (
    "a", "b", "us", "1", "72h", "true", "and", "or", "not", "if", "else", "(", ")", ",", "+", "-",
    "*", "/", "<", "==", ">=", ".", "min", "ever(", "x.y",
)  # fmt: skip


def shape(tree):
    """Return the tree with every compound part in brackets."""
    match tree:
        case syntax.Number(text=text):
            return text
        case syntax.Duration(amount=amount, unit=unit):
            return amount + unit
        case syntax.Truth(value=value):
            return str(value).lower()
        case syntax.Name(name=name):
            return name
        case syntax.Attribute(owner=owner, name=name):
            return f"{owner.name}.{name}"
        case syntax.Call(function=function, arguments=arguments):
            return f"{function}({', '.join(map(shape, arguments))})"
        case syntax.Minus(operand=operand):
            return f"(-{shape(operand)})"
        case syntax.Not(operand=operand):
            return f"(not {shape(operand)})"
        case syntax.Logic(operator=operator, terms=terms):
            return f"({f' {operator} '.join(map(shape, terms))})"
        case syntax.Either():
            return f"({shape(tree.then)} if {shape(tree.condition)} else {shape(tree.otherwise)})"
    return f"({shape(tree.left)} {tree.operator} {shape(tree.right)})"


def fault_of(text):
    with pytest.raises(SyntaxFault) as caught:
        parse(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a or b and c", "(a or (b and c))"),
        ("a and b or c", "((a and b) or c)"),
        ("a and b and c", "(a and b and c)"),
        ("(a and b) and c", "((a and b) and c)"),
        ("not a and b", "((not a) and b)"),
        ("not a == b", "(not (a == b))"),
        ("not not a", "(not (not a))"),
        ("a + b < c * d", "((a + b) < (c * d))"),
        ("a - b - c", "((a - b) - c)"),
        ("a / b / c", "((a / b) / c)"),
        ("a - (b - c)", "(a - (b - c))"),
        ("a + b * c", "(a + (b * c))"),
        ("-a * b", "((-a) * b)"),
        ("a * -b", "(a * (-b))"),
        ("a if b else c if d else e", "(a if b else (c if d else e))"),
        ("a or b if c or d else e", "((a or b) if (c or d) else e)"),
        ("min(a, b + 1) > us.joined", "(min(a, (b + 1)) > us.joined)"),
        ("ever(a > 1)", "ever((a > 1))"),
        ("((a))", "a"),
        ("72h", "72h"),
        ("true", "true"),
    ],
)
def test_operators_bind_as_in_python(text, expected):
    assert shape(parse(text)) == expected


@pytest.mark.parametrize(
    ("text", "code", "start", "end"),
    [
        ("", "syntax", 0, 0),
        ("a b", "syntax", 2, 3),
        ("a )", "syntax", 2, 3),
        ("(a", "syntax", 0, 1),
        ("min(a, (b)", "syntax", 3, 4),
        ("a and", "syntax", 5, 5),
        ("1 < a < 3", "chained-comparison", 6, 7),
        ("a if b", "syntax", 6, 6),
        ("--a", "syntax", 0, 2),
        ("us.", "syntax", 3, 3),
        ("us.3", "syntax", 2, 4),
        ("30 parsecs", "unit", 3, 10),
        ("72 h", "unit", 3, 4),
        ("(30 parsecs)", "unit", 4, 11),
        ("a > 1e400", "number", 4, 9),
        ("a.b.c", "syntax", 3, 4),
        ("1,5", "syntax", 1, 2),
    ],
)
def test_a_fault_stands_under_the_very_word(text, code, start, end):
    fault = fault_of(text)
    assert (fault.code, fault.start, fault.end) == (code, start, end)


@pytest.mark.parametrize(
    ("most", "text"),
    [
        (31, lambda n: "(" * n + "a" + ")" * n),
        (31, lambda n: "abs(" * n + "a" + ")" * n),
        (31, lambda n: "a if b else " * n + "c"),
        (32, lambda n: "not " * n + "a"),
        (32, lambda n: " + ".join(["a"] * n)),
        (32, lambda n: " * ".join(["a"] * n)),
        (100, lambda n: "a if " + " or ".join(["b"] * n) + " else c"),
    ],
    ids=["brackets", "calls", "branches", "nots", "terms", "factors", "conditions"],
)
def test_what_is_allowed_is_allowed_up_to_its_limit(most, text):
    assert parse(text(most))
    if most < 100:
        assert fault_of(text(most + 1)).code == "expression-too-deep"


def test_an_expression_has_at_most_500_parts():
    text = " or ".join(["-1<-2"] * 90)
    assert parse(text)
    assert fault_of(" or ".join(["-1<-2"] * 101)).code == "expression-too-long"


def test_operators_are_at_most_100_deep_so_that_no_later_stage_runs_out_of_stack():
    def nested(n):
        return "(" * n + "a" + ("+1" * 9 + ")") * n

    assert parse(nested(11))
    fault = fault_of(nested(12))
    assert (fault.code, fault.start) == ("expression-too-deep", 12)
    assert str(parser.MOST_LEVELS) in fault.message


def every_part(tree):
    yield tree
    for inside in syntax.inside(tree):
        yield from every_part(inside)


@given(st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join) | st.text(max_size=40))
@example("(" * 33)
@example("a" + ".b" * 300)
@settings(max_examples=1000, deadline=None, derandomize=True)
def test_any_text_gives_a_tree_or_a_fault_and_nothing_else(text):
    try:
        tree = parse(text)
    except SyntaxFault as error:
        fault = error
    else:
        _stands_within(tree, text)
        return
    assert 0 <= fault.start <= fault.end <= len(text)


def _stands_within(tree, text):
    for part in every_part(tree):
        assert 0 <= part.start < part.end <= len(text)
        for inside in syntax.inside(part):
            assert part.start <= inside.start < inside.end <= part.end

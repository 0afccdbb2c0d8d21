"""Expressions on their way from Python to LLVM's language, and the lines they become."""

from __future__ import annotations

import ast
import math
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from escalation_sim.engine.compiled import kit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from escalation_sim.engine.compiled.translate import Program

Kind: TypeAlias = Literal["int", "word", "float", "bool", "Ints", "Words", "Reals", "None"]

LLVM: dict[Kind, str] = {
    "int": "i64",
    "word": "i64",
    "float": "double",
    "bool": "i1",
    "Ints": "ptr",
    "Words": "ptr",
    "Reals": "ptr",
    "None": "void",
}
ITEMS: dict[Kind, Kind] = {"Ints": "int", "Words": "word", "Reals": "float"}
_INTEGER = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.BitAnd: "and",
    ast.BitOr: "or",
    ast.BitXor: "xor",
    ast.LShift: "shl",
}
_REAL = {ast.Add: "fadd", ast.Sub: "fsub", ast.Mult: "fmul", ast.Div: "fdiv"}
_ORDER = {
    ast.Lt: ("slt", "ult", "olt"),
    ast.LtE: ("sle", "ule", "ole"),
    ast.Gt: ("sgt", "ugt", "ogt"),
    ast.GtE: ("sge", "uge", "oge"),
    ast.Eq: ("eq", "eq", "oeq"),
    ast.NotEq: ("ne", "ne", "une"),
}


class Untranslatable(Exception):
    """A piece of Python outside the small part that is translated."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value in LLVM's language: its name or number, and its kind."""

    text: str
    kind: Kind


class Values:
    """The expressions of one function: its lines, its blocks, and its variables.

    Variables live in memory at first; LLVM takes them from there.
    """

    def __init__(self, program: Program, name: str, scope: Mapping[str, Any]) -> None:
        self.program = program
        self.name = name
        self.scope = scope
        self.signature = program.signatures[name]
        self.places: dict[str, Kind] = {}
        self.arrays: dict[str, Value] = {}
        self.head: list[str] = []
        self.lines: list[str] = []
        self.count = 0
        self.block = "entry"
        self.closed = False
        self.loops: list[tuple[str, str]] = []

    def slip(self, node: ast.AST, what: str) -> Untranslatable:
        """Return the error that names a place outside the part of Python that is translated."""
        line = getattr(node, "lineno", "?")
        return Untranslatable(f"{self.name}, line {line}: {what}: {ast.dump(node)[:200]}")

    def emit(self, line: str) -> None:
        """Add a line, unless nothing can reach it."""
        if not self.closed:
            self.lines.append("  " + line)

    def new(self, kind: Kind, operation: str) -> Value:
        """Add an operation; return the value it gives."""
        self.count += 1
        name = f"%t{self.count}"
        self.emit(f"{name} = {operation}")
        return Value(name, kind)

    def label(self, what: str) -> str:
        """Return a name for a new block."""
        self.count += 1
        return f"{what}{self.count}"

    def begin(self, label: str) -> None:
        """Open a block."""
        self.lines.append(f"{label}:")
        self.block, self.closed = label, False

    def jump(self, label: str) -> None:
        """Close the block with a jump."""
        self.emit(f"br label %{label}")
        self.closed = True

    def fork(self, test: Value, then: str, otherwise: str) -> None:
        """Close the block with a jump to one of two."""
        self.emit(f"br i1 {test.text}, label %{then}, label %{otherwise}")
        self.closed = True

    def _place(self, name: str, kind: Kind) -> None:
        self.places[name] = kind
        self.head.append(f"  %v_{name} = alloca {LLVM[kind]}")

    def into(self, node: ast.AST, value: Value, kind: Kind) -> Value:
        """Return a value as another kind, where Python would do the same without saying so."""
        if value.kind == kind or {value.kind, kind} == {"int", "word"}:
            return Value(value.text, kind)
        if kind == "float" and value.kind in ("int", "word"):
            if value.text.lstrip("-").isdigit():
                return Value(_real(float(int(value.text))), "float")
            how = "sitofp" if value.kind == "int" else "uitofp"
            return self.new("float", f"{how} i64 {value.text} to double")
        if kind == "int" and value.kind == "bool":
            return self.new("int", f"zext i1 {value.text} to i64")
        raise self.slip(node, f"{value.kind} where {kind} is needed")

    def flag(self, node: ast.expr) -> Value:
        """Return the truth of an expression."""
        value = self.value(node)
        if value.kind == "bool":
            return value
        if value.kind in ("int", "word"):
            return self.new("bool", f"icmp ne i64 {value.text}, 0")
        raise self.slip(node, "a condition that is no flag")

    def value(self, node: ast.expr) -> Value:
        """Return the value of an expression."""
        match node:
            case ast.Constant(value=bool(value)):
                return Value("true" if value else "false", "bool")
            case ast.Constant(value=int(value)) | ast.Constant(value=float(value)):
                return self.number(node, value)
            case ast.Name(id=name):
                return self._name(node, name)
            case ast.Attribute(value=ast.Name(id="math"), attr=attr):
                return self.number(node, getattr(math, attr))
            case ast.Subscript():
                address, kind = self._item(node)
                return self.new(kind, f"load {LLVM[kind]}, ptr {address}")
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self.new("bool", f"xor i1 {self.flag(operand).text}, true")
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
                return self.number(node, -value)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                inner = self.value(operand)
                if inner.kind == "float":
                    return self.new("float", f"fneg double {inner.text}")
                return self.new("int", f"sub i64 0, {inner.text}")
            case ast.BinOp(left=left, op=operator, right=right):
                return self.sum(node, operator, self.value(left), self.value(right))
            case ast.Compare():
                return self._compare(node)
            case ast.BoolOp(op=operator, values=values):
                return self._join(values, all_of=isinstance(operator, ast.And))
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return self._either(node, test, body, orelse)
            case ast.Call():
                return self._call(node)
            case _:
                raise self.slip(node, "this expression")

    def number(self, node: ast.AST, value: object) -> Value:
        """Return a constant."""
        if isinstance(value, float):
            return Value(_real(value), "float")
        if isinstance(value, int) and -(2**63) <= value < 2**64:
            return Value(str(value), "word" if value >= 2**63 else "int")
        raise self.slip(node, "this constant")

    def _name(self, node: ast.Name, name: str) -> Value:
        if name in self.places:
            kind = self.places[name]
            return self.new(kind, f"load {LLVM[kind]}, ptr %v_{name}")
        if name in self.arrays:
            return self.arrays[name]
        if name in self.scope:
            return self.number(node, self.scope[name])
        raise self.slip(node, f"the name {name}")

    def _item(self, node: ast.Subscript) -> tuple[str, Kind]:
        if not (isinstance(node.value, ast.Name) and node.value.id in self.arrays):
            raise self.slip(node, "an item of this")
        array = self.arrays[node.value.id]
        kind = ITEMS[array.kind]
        index = self.value(node.slice)
        if index.kind not in ("int", "word"):
            raise self.slip(node, "an index that is no whole number")
        what = f"getelementptr inbounds {LLVM[kind]}, ptr {array.text}, i64 {index.text}"
        return self.new(kind, what).text, kind

    def sum(self, node: ast.AST, operator: ast.operator, left: Value, right: Value) -> Value:
        """Return a sum, product, quotient or shift of two values."""
        if "float" in (left.kind, right.kind) or isinstance(operator, ast.Div):
            if type(operator) not in _REAL:
                raise self.slip(node, "this sum of numbers")
            a, b = self.into(node, left, "float"), self.into(node, right, "float")
            return self.new("float", f"{_REAL[type(operator)]} double {a.text}, {b.text}")
        if left.kind == right.kind == "bool" and isinstance(operator, ast.BitOr | ast.BitAnd):
            return self.new("bool", f"{_INTEGER[type(operator)]} i1 {left.text}, {right.text}")
        kind: Kind = "word" if "word" in (left.kind, right.kind) else "int"
        if isinstance(operator, ast.Sub):
            kind = "int"
        if isinstance(operator, ast.RShift):
            how = "lshr" if left.kind == "word" else "ashr"
            return self.new(left.kind, f"{how} i64 {left.text}, {right.text}")
        if isinstance(operator, ast.FloorDiv) and right.text == "2":
            return self.new("int", f"ashr i64 {left.text}, 1")
        if type(operator) not in _INTEGER:
            raise self.slip(node, "this sum of whole numbers")
        return self.new(kind, f"{_INTEGER[type(operator)]} i64 {left.text}, {right.text}")

    def _compare(self, node: ast.Compare) -> Value:
        left = self.value(node.left)
        answer: Value | None = None
        for operator, other in zip(node.ops, node.comparators, strict=True):
            right = self.value(other)
            signed, unsigned, real = _ORDER[type(operator)]
            if "float" in (left.kind, right.kind):
                a, b = self.into(node, left, "float"), self.into(node, right, "float")
                found = self.new("bool", f"fcmp {real} double {a.text}, {b.text}")
            elif left.kind == right.kind == "bool":
                found = self.new("bool", f"icmp {unsigned} i1 {left.text}, {right.text}")
            else:
                order = unsigned if "word" in (left.kind, right.kind) else signed
                found = self.new("bool", f"icmp {order} i64 {left.text}, {right.text}")
            answer = self.new("bool", f"and i1 {answer.text}, {found.text}") if answer else found
            left = right
        assert answer is not None  # noqa: S101 - a comparison compares
        return answer

    def _join(self, values: list[ast.expr], *, all_of: bool) -> Value:
        end = self.label("joined")
        ways: list[tuple[str, str]] = []
        for i, node in enumerate(values):
            value = self.flag(node)
            ways.append((value.text, self.block))
            if i == len(values) - 1:
                self.jump(end)
            else:
                more = self.label("more")
                if all_of:
                    self.fork(value, more, end)
                else:
                    self.fork(value, end, more)
                self.begin(more)
        self.begin(end)
        given = "false" if all_of else "true"
        pairs = [f"[{given}, %{block}]" for _, block in ways[:-1]]
        pairs.append(f"[{ways[-1][0]}, %{ways[-1][1]}]")
        return self.new("bool", f"phi i1 {', '.join(pairs)}")

    def _either(self, node: ast.AST, test: ast.expr, body: ast.expr, orelse: ast.expr) -> Value:
        then, otherwise, end = self.label("then"), self.label("else"), self.label("either")
        self.fork(self.flag(test), then, otherwise)
        self.begin(then)
        first = self.value(body)
        first_end, first_at = self.block, len(self.lines)
        self.jump(end)
        self.begin(otherwise)
        second = self.value(orelse)
        kind = first.kind
        if first.kind != second.kind:
            if {first.kind, second.kind} == {"int", "float"}:
                kind = "float"
                if first.kind == "int":
                    first = self._late(node, first, first_at)
                else:
                    second = self.into(node, second, "float")
            elif {first.kind, second.kind} == {"int", "word"}:
                kind = "word"
            else:
                raise self.slip(node, "two sides of different kinds")
        second_end = self.block
        self.jump(end)
        self.begin(end)
        what = LLVM[kind]
        return self.new(
            kind,
            f"phi {what} [{first.text}, %{first_end}], [{second.text}, %{second_end}]",
        )

    def _late(self, node: ast.AST, value: Value, at: int) -> Value:
        """Turn a whole number into a double at a place further up."""
        if value.text.lstrip("-").isdigit():
            return self.into(node, value, "float")
        self.count += 1
        name = f"%t{self.count}"
        self.lines.insert(at, f"  {name} = sitofp i64 {value.text} to double")
        return Value(name, "float")

    def _call(self, node: ast.Call) -> Value:
        if isinstance(node.func, ast.Attribute):
            given = self.scope.get(getattr(node.func.value, "id", ""))
            function = getattr(given, node.func.attr, None)
        elif isinstance(node.func, ast.Name):
            function = self.scope.get(node.func.id, node.func.id)
        else:
            raise self.slip(node, "a call of this")
        values = [self.value(a) for a in node.args]
        if isinstance(function, str) or function in (math.floor, math.sqrt):
            name = function if isinstance(function, str) else function.__name__
            return self._built_in(node, name, values)
        if function is None:
            raise self.slip(node, "a call of something unknown")
        if function is kit.bits_of:
            return self.new("word", f"bitcast double {values[0].text} to i64")
        if function is kit.real_of:
            return self.new("float", f"bitcast i64 {values[0].text} to double")
        name = self.program.callee(function)
        signature = self.program.signatures[name]
        given_texts = [
            f"{LLVM[kind]} {self.into(node, value, kind).text}"
            for value, kind in zip(values, signature.parameters, strict=True)
        ]
        call = f"call {LLVM[signature.result]} @{name}({', '.join(given_texts)})"
        if signature.result == "None":
            self.emit(call)
            return Value("", "None")
        return self.new(signature.result, call)

    def _built_in(self, node: ast.Call, name: str, values: list[Value]) -> Value:
        first = values[0]
        if name == "floor":
            down = self.new("float", f"call double @llvm.floor.f64(double {first.text})")
            return self.new("int", f"fptosi double {down.text} to i64")
        if name == "sqrt":
            first = self.into(node, first, "float")
            return self.new("float", f"call double @llvm.sqrt.f64(double {first.text})")
        if name == "float":
            return self.into(node, first, "float")
        if name == "int":
            if first.kind == "float":
                return self.new("int", f"fptosi double {first.text} to i64")
            return self.into(node, first, "int")
        if name == "abs" and first.kind == "float":
            return self.new("float", f"call double @llvm.fabs.f64(double {first.text})")
        if name == "abs":
            minus = self.new("int", f"sub i64 0, {first.text}")
            below = self.new("bool", f"icmp slt i64 {first.text}, 0")
            text = f"select i1 {below.text}, i64 {minus.text}, i64 {first.text}"
            return self.new("int", text)
        if name in ("min", "max") and len(values) == 2:
            return self._extreme(node, name, first, values[1])
        raise self.slip(node, "a call of this")

    def _extreme(self, node: ast.AST, name: str, first: Value, second: Value) -> Value:
        """`min` and `max` as Python has them: the first of two that are equal."""
        if "float" in (first.kind, second.kind):
            a, b = self.into(node, first, "float"), self.into(node, second, "float")
            order = "fcmp olt double" if name == "min" else "fcmp ogt double"
        else:
            a, b = first, second
            order = "icmp slt i64" if name == "min" else "icmp sgt i64"
        better = self.new("bool", f"{order} {b.text}, {a.text}")
        what = LLVM[a.kind]
        return self.new(a.kind, f"select i1 {better.text}, {what} {b.text}, {what} {a.text}")


def _real(value: float) -> str:
    """Write a double exactly, as LLVM reads it: its 64 bits in hexadecimal."""
    (bits,) = struct.unpack("<Q", struct.pack("<d", value))
    return f"0x{bits:016X}"

"""From plain scalar Python to LLVM's language: the very functions that also run as they stand.

What is translated is a small part of Python with one meaning: whole numbers of 64 bits, doubles,
flags, and flat arrays of them; `if`, `while`, `for … in range`, assignments, calls of other such
functions. Anything else raises `Untranslatable`. Sums are done in the order written, nothing is
contracted, so that machine code and Python give the same bits; whole numbers wrap around, which is
why what is translated keeps below 2**63 (words, which are meant to wrap, mask in Python).

A *word* is an unsigned whole number: it shifts in zeros and turns into a double as it is.
"""

from __future__ import annotations

import ast
import inspect
import math
import struct
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from escalation_sim.engine.compiled import kit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Kind: TypeAlias = Literal["int", "word", "float", "bool", "Ints", "Words", "Reals", "None"]

_LLVM: dict[Kind, str] = {
    "int": "i64",
    "word": "i64",
    "float": "double",
    "bool": "i1",
    "Ints": "ptr",
    "Words": "ptr",
    "Reals": "ptr",
    "None": "void",
}
_ITEMS: dict[Kind, Kind] = {"Ints": "int", "Words": "word", "Reals": "float"}
_MADE: dict[object, Kind] = {kit.ints: "Ints", kit.words: "Words", kit.reals: "Reals"}
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


OWN = "own_"
"""Begins the names of functions that are not exported."""


class Untranslatable(Exception):
    """A piece of Python outside the small part that is translated."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value in LLVM's language: its name or number, and its kind."""

    text: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Signature:
    """The kinds of a function's parameters and of its result."""

    parameters: tuple[Kind, ...]
    result: Kind


class Program:
    """Functions on their way into one LLVM module; those they call come along by themselves.

    `words` names the modules whose whole numbers are words. With `in_one` all functions of the text
    that is added become one, which takes longer to compile and runs faster if they are few.
    """

    def __init__(self, words: Sequence[str] = (), *, in_one: bool = False) -> None:
        self.word_modules = frozenset(words)
        self.in_one = in_one
        self.names: dict[Any, str] = {}
        self.signatures: dict[str, Signature] = {}
        self.texts: list[str] = []
        self._waiting: list[tuple[str, ast.FunctionDef, Mapping[str, Any], bool]] = []

    def add_source(self, source: str, scope: Mapping[str, Any], entries: Sequence[str]) -> None:
        """Translate a module's text; its functions see each other and `scope`.

        `entries` can be called from outside.
        """
        trees = [t for t in ast.parse(source).body if isinstance(t, ast.FunctionDef)]
        own: dict[str, Any] = dict(scope)
        for tree in trees:
            own[tree.name] = tree
            self._declare(tree, tree, tree.name if tree.name in entries else OWN + tree.name)
        for tree in trees:
            self._waiting.append((self.names[tree], tree, own, tree.name in entries))
        while self._waiting:
            name, tree, globals_, exported = self._waiting.pop()
            self.texts.append(_Function(self, name, tree, globals_).text(exported=exported))

    def _declare(self, key: object, tree: ast.FunctionDef, name: str, *, word: bool = False) -> str:
        kinds: list[Kind] = [_kind_of(a.annotation, word=word) for a in tree.args.args]
        self.names[key] = name
        self.signatures[name] = Signature(tuple(kinds), _kind_of(tree.returns, word=word))
        return name

    def callee(self, function: Callable[..., Any] | ast.FunctionDef) -> str:
        """Return the name of a function in the module; one not seen before is translated too."""
        if function in self.names:
            return self.names[function]
        if isinstance(function, ast.FunctionDef) or not inspect.isfunction(function):
            raise Untranslatable(f"a call of {function!r}")
        tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
        if not isinstance(tree, ast.FunctionDef):
            raise Untranslatable(f"{function!r} is no plain function")
        module = function.__module__.rpartition(".")[2]
        word = module in self.word_modules
        name = self._declare(function, tree, f"{module}_{tree.name}", word=word)
        self._waiting.append((name, tree, function.__globals__, False))
        return name

    def module(self) -> str:
        """Return the whole module as text."""
        intrinsics = [
            "declare double @llvm.floor.f64(double)",
            "declare double @llvm.sqrt.f64(double)",
            "declare double @llvm.fabs.f64(double)",
            "declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)",
        ]
        return "\n".join([*intrinsics, *self.texts]) + "\n"


def _kind_of(annotation: ast.expr | None, *, word: bool) -> Kind:
    if isinstance(annotation, ast.Constant) and annotation.value is None:
        return "None"
    if not isinstance(annotation, ast.Name) or annotation.id not in _LLVM:
        raise Untranslatable("a parameter or result without a plain kind")
    kind: Kind = annotation.id
    return "word" if word and kind == "int" else kind


class _Function:
    """One function: its lines, its blocks, and its variables, which live in memory at first."""

    def __init__(
        self, program: Program, name: str, tree: ast.FunctionDef, scope: Mapping[str, Any]
    ) -> None:
        self.program = program
        self.name = name
        self.tree = tree
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

    def text(self, *, exported: bool) -> str:
        """Translate the function; `exported` functions can be called from outside."""
        parameters = []
        for argument, kind in zip(self.tree.args.args, self.signature.parameters, strict=True):
            name = f"%p_{argument.arg}"
            if kind in _ITEMS:
                parameters.append(f"ptr noalias {name}")
                self.arrays[argument.arg] = Value(name, kind)
            else:
                parameters.append(f"{_LLVM[kind]} {name}")
                self._place(argument.arg, kind)
                self.emit(f"store {_LLVM[kind]} {name}, ptr %v_{argument.arg}")
        self.body(self.tree.body)
        if not self.closed:
            if self.signature.result == "None":
                self.emit("ret void")
            else:
                self.emit("unreachable")
        linkage = "" if exported else "internal "
        whole = self.program.in_one and self.name.startswith(OWN)
        manner = "nounwind alwaysinline" if whole else "nounwind"
        head = f"define {linkage}{_LLVM[self.signature.result]} @{self.name}"
        lines = "\n".join([*self.head, *self.lines])
        return f"{head}({', '.join(parameters)}) {manner} {{\nentry:\n{lines}\n}}\n"

    # lines and blocks

    def slip(self, node: ast.AST, what: str) -> Untranslatable:
        """Return the error that names a place outside the part of Python that is translated."""
        line = getattr(node, "lineno", "?")
        return Untranslatable(f"{self.name}, line {line}: {what}: {ast.dump(node)[:200]}")

    def emit(self, line: str) -> None:
        if not self.closed:
            self.lines.append("  " + line)

    def new(self, kind: Kind, operation: str) -> Value:
        self.count += 1
        name = f"%t{self.count}"
        self.emit(f"{name} = {operation}")
        return Value(name, kind)

    def label(self, what: str) -> str:
        self.count += 1
        return f"{what}{self.count}"

    def begin(self, label: str) -> None:
        self.lines.append(f"{label}:")
        self.block, self.closed = label, False

    def jump(self, label: str) -> None:
        self.emit(f"br label %{label}")
        self.closed = True

    def fork(self, test: Value, then: str, otherwise: str) -> None:
        self.emit(f"br i1 {test.text}, label %{then}, label %{otherwise}")
        self.closed = True

    def _place(self, name: str, kind: Kind) -> None:
        self.places[name] = kind
        self.head.append(f"  %v_{name} = alloca {_LLVM[kind]}")

    # statements

    def body(self, statements: Sequence[ast.stmt]) -> None:
        for statement in statements:
            if self.closed:
                return
            self.statement(statement)

    def statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
                found = [self.value(value) for value in values]
                for target, value in zip(targets, found, strict=True):
                    self.assign(target, value)
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call) if (
                self._called(call) in _MADE
            ):
                self._make(name, call)
            case ast.Assign(targets=[target], value=value):
                self.assign(target, self.value(value))
            case ast.AugAssign(target=target, op=operator, value=value):
                left = self.value(target)
                self.assign(target, self.sum(node, operator, left, self.value(value)))
            case ast.If(test=test, body=body, orelse=orelse):
                self._if(test, body, orelse)
            case ast.While(test=test, body=body, orelse=[]):
                self._while(test, body)
            case ast.For(target=ast.Name(id=name), iter=ast.Call() as call, body=body, orelse=[]):
                self._for(name, call, body)
            case ast.Return(value=value):
                self._return(value)
            case ast.Break():
                self.jump(self.loops[-1][1])
            case ast.Continue():
                self.jump(self.loops[-1][0])
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                pass
            case ast.Expr(value=ast.Call() as call):
                self.value(call)
            case _:
                raise self.slip(node, "this statement")

    def assign(self, target: ast.expr, value: Value) -> None:
        match target:
            case ast.Name(id=name):
                if name not in self.places:
                    self._place(name, value.kind)
                kind = self.places[name]
                value = self.into(target, value, kind)
                self.emit(f"store {_LLVM[kind]} {value.text}, ptr %v_{name}")
            case ast.Subscript():
                address, kind = self._item(target)
                value = self.into(target, value, kind)
                self.emit(f"store {_LLVM[kind]} {value.text}, ptr {address}")
            case _:
                raise self.slip(target, "an assignment to this")

    def _called(self, call: ast.Call) -> Any:
        return self.scope.get(call.func.id) if isinstance(call.func, ast.Name) else None

    def _make(self, name: str, call: ast.Call) -> None:
        kind = _MADE[self._called(call)]
        size = call.args[0]
        if not isinstance(size, ast.Constant) or not isinstance(size.value, int):
            raise self.slip(call, "an array without a plain size")
        count = max(size.value, 1)
        place = f"%a_{name}"
        self.head.append(f"  {place} = alloca [{count} x {_LLVM[_ITEMS[kind]]}], align 32")
        if count > 8:
            self.head.append(f'  %h_{name} = call ptr asm "", "=r,0"(ptr {place})')
            place = f"%h_{name}"
        self.arrays[name] = Value(place, kind)
        size_bytes = 8 * count
        self.emit(f"call void @llvm.memset.p0.i64(ptr {place}, i8 0, i64 {size_bytes}, i1 false)")

    def _if(self, test: ast.expr, body: list[ast.stmt], orelse: list[ast.stmt]) -> None:
        then, end = self.label("then"), self.label("end")
        otherwise = self.label("else") if orelse else end
        self.fork(self.flag(test), then, otherwise)
        self.begin(then)
        self.body(body)
        ends = not self.closed
        self.jump(end)
        if orelse:
            self.begin(otherwise)
            self.body(orelse)
            ends |= not self.closed
            self.jump(end)
        if ends or not orelse:
            self.begin(end)
        else:
            self.closed = True

    def _while(self, test: ast.expr, body: list[ast.stmt]) -> None:
        again, inside, end = self.label("while"), self.label("do"), self.label("done")
        self.jump(again)
        self.begin(again)
        self.fork(self.flag(test), inside, end)
        self.begin(inside)
        self.loops.append((again, end))
        self.body(body)
        self.loops.pop()
        self.jump(again)
        self.begin(end)

    def _for(self, name: str, call: ast.Call, body: list[ast.stmt]) -> None:
        if not (isinstance(call.func, ast.Name) and call.func.id == "range"):
            raise self.slip(call, "a loop over this")
        given = [self.value(a) for a in call.args]
        start = given[0] if len(given) > 1 else Value("0", "int")
        stop = given[1] if len(given) > 1 else given[0]
        step = given[2].text if len(given) > 2 else "1"
        if name not in self.places:
            self._place(name, "int")
        counter = self.label("c")
        self.head.append(f"  %{counter} = alloca i64")
        self.emit(f"store i64 {start.text}, ptr %{counter}")
        again, inside, onward, end = (self.label(w) for w in ("for", "do", "on", "done"))
        self.jump(again)
        self.begin(again)
        here = self.new("int", f"load i64, ptr %{counter}")
        order = "sgt" if step.startswith("-") else "slt"
        self.fork(self.new("bool", f"icmp {order} i64 {here.text}, {stop.text}"), inside, end)
        self.begin(inside)
        self.emit(f"store i64 {here.text}, ptr %v_{name}")
        self.loops.append((onward, end))
        self.body(body)
        self.loops.pop()
        self.jump(onward)
        self.begin(onward)
        more = self.new("int", f"add i64 {here.text}, {step}")
        self.emit(f"store i64 {more.text}, ptr %{counter}")
        self.jump(again)
        self.begin(end)

    def _return(self, value: ast.expr | None) -> None:
        kind = self.signature.result
        if kind == "None" or value is None:
            self.emit("ret void")
        else:
            found = self.into(value, self.value(value), kind)
            self.emit(f"ret {_LLVM[kind]} {found.text}")
        self.closed = True

    # expressions

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
                return self.new(kind, f"load {_LLVM[kind]}, ptr {address}")
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
        if isinstance(value, float):
            return Value(_real(value), "float")
        if isinstance(value, int) and -(2**63) <= value < 2**64:
            return Value(str(value), "word" if value >= 2**63 else "int")
        raise self.slip(node, "this constant")

    def _name(self, node: ast.Name, name: str) -> Value:
        if name in self.places:
            kind = self.places[name]
            return self.new(kind, f"load {_LLVM[kind]}, ptr %v_{name}")
        if name in self.arrays:
            return self.arrays[name]
        if name in self.scope:
            return self.number(node, self.scope[name])
        raise self.slip(node, f"the name {name}")

    def _item(self, node: ast.Subscript) -> tuple[str, Kind]:
        if not (isinstance(node.value, ast.Name) and node.value.id in self.arrays):
            raise self.slip(node, "an item of this")
        array = self.arrays[node.value.id]
        kind = _ITEMS[array.kind]
        index = self.value(node.slice)
        if index.kind not in ("int", "word"):
            raise self.slip(node, "an index that is no whole number")
        what = f"getelementptr inbounds {_LLVM[kind]}, ptr {array.text}, i64 {index.text}"
        return self.new(kind, what).text, kind

    def sum(self, node: ast.AST, operator: ast.operator, left: Value, right: Value) -> Value:
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
        what = _LLVM[kind]
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
            f"{_LLVM[kind]} {self.into(node, value, kind).text}"
            for value, kind in zip(values, signature.parameters, strict=True)
        ]
        call = f"call {_LLVM[signature.result]} @{name}({', '.join(given_texts)})"
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
        what = _LLVM[a.kind]
        return self.new(a.kind, f"select i1 {better.text}, {what} {b.text}, {what} {a.text}")


def _real(value: float) -> str:
    """Write a double exactly, as LLVM reads it: its 64 bits in hexadecimal."""
    (bits,) = struct.unpack("<Q", struct.pack("<d", value))
    return f"0x{bits:016X}"

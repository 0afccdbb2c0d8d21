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
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from escalation_sim.engine.compiled import kit
from escalation_sim.engine.compiled.values import ITEMS, LLVM, Kind, Untranslatable, Value, Values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
_MADE: dict[object, Kind] = {kit.ints: "Ints", kit.words: "Words", kit.reals: "Reals"}

OWN = "own_"
"""Begins the names of functions that are not exported."""


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
    if not isinstance(annotation, ast.Name) or annotation.id not in LLVM:
        raise Untranslatable("a parameter or result without a plain kind")
    kind: Kind = annotation.id
    return "word" if word and kind == "int" else kind


class _Function(Values):
    """One function: its head and its statements."""

    def __init__(
        self, program: Program, name: str, tree: ast.FunctionDef, scope: Mapping[str, Any]
    ) -> None:
        super().__init__(program, name, scope)
        self.tree = tree

    def text(self, *, exported: bool) -> str:
        """Translate the function; `exported` functions can be called from outside."""
        parameters = []
        for argument, kind in zip(self.tree.args.args, self.signature.parameters, strict=True):
            name = f"%p_{argument.arg}"
            if kind in ITEMS:
                parameters.append(f"ptr noalias {name}")
                self.arrays[argument.arg] = Value(name, kind)
            else:
                parameters.append(f"{LLVM[kind]} {name}")
                self._place(argument.arg, kind)
                self.emit(f"store {LLVM[kind]} {name}, ptr %v_{argument.arg}")
        self.body(self.tree.body)
        if not self.closed:
            if self.signature.result == "None":
                self.emit("ret void")
            else:
                self.emit("unreachable")
        linkage = "" if exported else "internal "
        whole = self.program.in_one and self.name.startswith(OWN)
        manner = "nounwind alwaysinline" if whole else "nounwind"
        head = f"define {linkage}{LLVM[self.signature.result]} @{self.name}"
        lines = "\n".join([*self.head, *self.lines])
        return f"{head}({', '.join(parameters)}) {manner} {{\nentry:\n{lines}\n}}\n"

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
                self.emit(f"store {LLVM[kind]} {value.text}, ptr %v_{name}")
            case ast.Subscript():
                address, kind = self._item(target)
                value = self.into(target, value, kind)
                self.emit(f"store {LLVM[kind]} {value.text}, ptr {address}")
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
        self.head.append(f"  {place} = alloca [{count} x {LLVM[ITEMS[kind]]}], align 32")
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
            self.emit(f"ret {LLVM[kind]} {found.text}")
        self.closed = True

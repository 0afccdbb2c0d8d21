"""The shape of a scenario file, section by section; the JSON Schema is generated from here.

Every field's description is the hover text in editors. Which fields go together, and what the
expressions mean, is checked where the scenario is compiled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeAlias

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from escalation_sim.scenario.leaves import Expression, Flag, Id, Label, Names, Prose, Whole

if TYPE_CHECKING:
    from escalation_sim.source.tree import Scalar


class Element(BaseModel):
    """What all entries share."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Described(Element):
    """An entry with words for people."""

    label: Label | None = Field(
        None, description="The name people read; default: the id with spaces."
    )
    short: Label | None = Field(None, description="A shorter name for narrow figures.")
    why: Prose | None = Field(None, description="Why this is so: the reason behind an assumption.")


class Sourced(Described):
    """An entry that may rest on the register of claims."""

    claim: Names | None = Field(
        None,
        description="Id of the statement in the register this rests on, or a list of ids. "
        "With a claim the entry is reported or declared, without one it is assumed.",
    )


class Law(Element):
    """A law of chance: exactly one of the kinds."""

    uniform: list[Expression] | None = Field(None, description="[low, high]")
    triangular: list[Expression] | None = Field(None, description="[low, likely, high]")
    exponential: Expression | None = Field(None, description="mean")
    erlang: list[Expression] | None = Field(None, description="[steps, total mean]")
    weibull: list[Expression] | None = Field(None, description="[shape, scale]")
    lognormal: list[Expression] | None = Field(None, description="[median, sigma]")
    normal: list[Expression] | None = Field(
        None, description="[mean, standard deviation] of the parent, cut below 0"
    )
    empirical: list[Expression] | None = Field(None, description="[values], each equally likely")
    mean: Expression | None = Field(
        None, description="Scale the law so that its mean is this; the shape stays."
    )


LAW_KINDS = tuple(name for name in Law.model_fields if name != "mean")


def _form(value: object) -> str:
    return "<map>" if isinstance(value, dict) else "<text>"


if TYPE_CHECKING:
    Delay: TypeAlias = Scalar | Law
    RungEntry: TypeAlias = Scalar | dict[str, "Rung"]
else:
    Delay = Annotated[
        Annotated[Expression, Tag("<text>")] | Annotated[Law, Tag("<map>")], Discriminator(_form)
    ]
    RungEntry = Annotated[
        Annotated[Id, Tag("<text>")] | Annotated[dict[str, "Rung"], Tag("<map>")],
        Discriminator(_form),
    ]
# Delay: an expression, the name of a parameter, or a law of chance written in place.
# RungEntry: a rung's id, or a map of one id to its words.


class Time(Element):
    """The run's axis."""

    zero: Prose | None = Field(None, description="What happens at time zero, in words.")
    horizon: Expression | None = Field(None, description="When a run ends at the latest; included.")
    tick: Expression | None = Field(None, description="The smallest step of time; default `1s`.")
    anchors: dict[str, Expression] = Field(
        default_factory=dict, description="Further zero points, usable where times are."
    )


class Member(Sourced):
    """One member of a party that decides together."""

    name: Label | None = Field(None, description="The member's name.")
    joins: Expression | None = Field(None, description="Chance of joining when asked, 0 to 1.")
    weight: Expression | None = Field(None, description="Weight in `party.weight`; default 1.")


class Party(Sourced):
    """Someone who acts, holds a ladder or a red line."""

    name: Label | None = Field(None, description="The party's name.")
    members: dict[str, Member] = Field(default_factory=dict, description="Who decides in it.")


class Parameter(Law, Sourced):
    """A number, or a law of chance, with a source: a value or one kind of law."""

    value: Expression | None = Field(
        None, description="A number, duration or flag, or an expression over other parameters."
    )
    range: list[Expression] | None = Field(
        None, description="[low, high] worth considering; for a law, of its mean."
    )


class Situation(Sourced):
    """What is the case: a flag, a number, a duration or a level."""

    starts: Expression | None = Field(None, description="Its value at the start.")
    levels: list[Id] | None = Field(
        None, description="Levels from low to high; starts at the first."
    )
    like: Id | None = Field(None, description="Same levels as this situation or ladder.")
    draw: Delay | None = Field(
        None, description="Drawn once at the start of each run: a law, or a parameter that is one."
    )
    known_to: Names | None = Field(None, description="Only the rules of these parties may read it.")
    strip: Flag | None = Field(None, description="Draw this one as the strip between the ladders.")


class Rung(Element):
    """Words for one rung."""

    label: Label | None = Field(None, description="The rung's name for people.")
    short: Label | None = Field(None, description="A shorter one.")


class Ladder(Sourced):
    """A situation drawn as a stair."""

    party: Id | None = Field(None, description="Whose ladder it is.")
    rungs: list[RungEntry] | None = Field(
        None, description="Rungs from low to high; starts on the first."
    )
    side: Id | None = Field(None, description="Drawn `up`, `down`, or `none`.")
    known_to: Names | None = Field(None, description="Only the rules of these parties may read it.")


class Reading(Sourced):
    """One interpretation of a clause."""

    when: Expression | None = Field(None, description="The condition in this reading.")


class Definition(Sourced):
    """A sentence with a name: one condition, or several readings of one clause."""

    when: Expression | None = Field(None, description="The sentence, if there is but one reading.")
    readings: dict[str, Reading] | None = Field(
        None, description="Named interpretations; the first is the default."
    )
    public: Flag | None = Field(None, description="All parties may know the answer, not why.")


class Clock(Sourced):
    """How long something has been so; lengths stand where the clock is read."""

    while_: Expression | None = Field(None, alias="while", description="Runs while this holds.")
    from_: Expression | None = Field(None, alias="from", description="Starts when this turns true.")
    until: Expression | None = Field(None, description="Stops when this turns true.")
    lull: Expression | None = Field(
        None, description="A pause of up to this long is bridged and counted."
    )
    pause: Expression | None = Field(None, description="While this holds the clock stands still.")
    public: Flag | None = Field(None, description="All parties may read it.")


class RedLine(Sourced):
    """A declared line: a record when crossed, and nothing else; the answer is a rule."""

    holder: Id | None = Field(None, description="The party that declares it.")
    crossed: Expression | None = Field(None, description="When it counts as crossed.")
    declares: Prose | None = Field(None, description="What is declared to follow, in words.")


Effects: TypeAlias = dict[str, Expression]


class Option(Sourced):
    """One way a rule can go."""

    if_: Expression | None = Field(None, alias="if", description="Open only if this holds.")
    weight: Expression | None = Field(None, description="Relative weight among open options.")
    do: Effects | None = Field(None, description="What changes.")
    note: Prose | None = Field(None, description="A remark for the record.")


class Rule(Sourced):
    """What changes the situation: a trigger, a delay, and what is done."""

    by: Id | None = Field(None, description="The party that acts; without it, nature.")
    when: Expression | None = Field(None, description="Starts when this turns true.")
    on_change: Id | None = Field(None, description="Starts at each change of this situation.")
    for_: Delay | None = Field(None, alias="for", description="Must stay true this long.")
    after: Delay | None = Field(None, description="This much later, whatever happens.")
    every: Delay | None = Field(None, description="Again and again while it holds.")
    rate: Expression | None = Field(None, description="A Poisson stream, as in `0.5 / 1d`.")
    chance: Expression | None = Field(None, description="Thrown once when triggered, 0 to 1.")
    unless: Expression | None = Field(None, description="Calls it off as soon as it is true.")
    again: Flag | None = Field(None, description="Start again at once if `when` still holds.")
    at_most: Whole | None = Field(None, description="Most of this rule waiting side by side.")
    within: Delay | None = Field(None, description="Deadline from the trigger; then `otherwise`.")
    ask: Id | None = Field(None, description="Each member of this party decides by its own draw.")
    choose: dict[str, Option] | None = Field(None, description="Options, by `if` or by weight.")
    do: Effects | None = Field(None, description="What changes.")
    note: Prose | None = Field(None, description="A remark for the record.")
    stream: Prose | None = Field(None, description="Keep the random numbers of this old name.")


class Outcome(Sourced):
    """An end: the first that is true at a stable point ends the run."""

    when: Expression | None = Field(None, description="The condition, or `otherwise`.")
    for_: Expression | None = Field(None, alias="for", description="Must have held this long.")


class Result(Described):
    """What is read off a run: exactly one of first, total, count, value, share."""

    first: Expression | None = Field(None, description="When this was first true.")
    total: Expression | None = Field(None, description="For how long this was true.")
    count: Expression | None = Field(
        None, description="How often a rule fired, a red line was crossed, or this turned true."
    )
    value: Expression | None = Field(None, description="A value at a time, or at the end.")
    at: Names | None = Field(None, description="The time, or times, of `value`.")
    share: Expression | None = Field(None, description="1 if this holds at the end, else 0.")
    given: Id | None = Field(None, description="Only for runs that end in this outcome.")


class Expectation(Element):
    """What the author expects to hold; judged by the test command."""

    never: Expression | None = Field(None, description="Never true at the end of a tick.")
    always: Expression | None = Field(None, description="Always true at the end of a tick.")
    eventually: Expression | None = Field(None, description="True at some time.")
    before: Expression | None = Field(None, description="With `eventually`: before this time.")
    within: Expression | None = Field(None, description="With `eventually`: within this time.")
    entering: dict[str, Expression] | None = Field(
        None, description="Whenever this rung is entered, that holds."
    )
    share: Expression | None = Field(None, description="Share of runs with this outcome or end.")
    result: Id | None = Field(None, description="A result, with `between`.")
    between: list[Expression] | None = Field(None, description="[low, high] of share or result.")
    runs: Whole | None = Field(None, description="Number of runs for a share.")
    under: Prose | None = Field(None, description="Only under `clause.reading`.")
    why: Prose | None = Field(None, description="Why this is expected.")


class Document(Element):
    """A whole scenario."""

    schema_: Whole | None = Field(None, alias="schema", description="Version of the language: 1.")
    title: Label | None = Field(None, description="One line that says what the scenario is.")
    about: Prose | None = Field(None, description="What it asks and what to look at.")
    sources: Prose | None = Field(None, description="The register of claims, a file name.")
    extends: Prose | None = Field(None, description="The scenario this one changes, a file name.")
    reading: dict[str, Id] = Field(
        default_factory=dict, description="Which reading of which clause: `clause: reading`."
    )
    time: Time = Field(default_factory=Time, description="Zero, horizon, tick.")
    parties: dict[str, Party] = Field(default_factory=dict, description="Who acts.")
    parameters: dict[str, Parameter] = Field(
        default_factory=dict, description="Numbers and laws of chance, with sources."
    )
    situation: dict[str, Situation] = Field(default_factory=dict, description="What is the case.")
    ladders: dict[str, Ladder] = Field(
        default_factory=dict, description="Situations drawn as stairs."
    )
    definitions: dict[str, Definition] = Field(
        default_factory=dict, description="Sentences with names, and their readings."
    )
    clocks: dict[str, Clock] = Field(default_factory=dict, description="How long something is so.")
    red_lines: dict[str, RedLine] = Field(default_factory=dict, description="Declared lines.")
    script: dict[str, Effects] = Field(
        default_factory=dict, description="What happens by itself: `time: effects`."
    )
    rules: dict[str, Rule] = Field(default_factory=dict, description="What changes the situation.")
    outcomes: dict[str, Outcome] = Field(default_factory=dict, description="How a run can end.")
    results: dict[str, Result] = Field(default_factory=dict, description="What is read off a run.")
    expect: dict[str, Expectation] = Field(
        default_factory=dict, description="What should hold; judged by the test command."
    )


SECTIONS = (
    "parties",
    "parameters",
    "situation",
    "ladders",
    "definitions",
    "clocks",
    "red_lines",
    "rules",
    "outcomes",
    "results",
    "expect",
)
"""Sections that hold entries by id; `script` holds entries by time."""

SHORTHAND = {
    ("parties", "*", "members"): {"scalar": "joins"},
    ("parameters",): {"scalar": "value"},
    ("situation",): {"scalar": "starts", "list": "levels"},
    ("definitions",): {"scalar": "when"},
    ("definitions", "*", "readings"): {"scalar": "when"},
    ("rules", "*", "choose"): {"scalar": "weight"},
    ("outcomes",): {"scalar": "when"},
}
"""Where an entry may be written short, and the key that the short form stands for."""

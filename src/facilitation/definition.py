"""A method read from TOML: what it declares, as frozen values. Format: docs/methods.md."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from facilitation.vocabulary import LEADING, MAX_TEXT
from facilitation.words import later


class Problem(NamedTuple):
    """One thing to correct in a method file."""

    file: str
    line: int  # from 1; 0 when the whole file is meant
    key: str  # "stages.sujet.minutes"; "" when the whole file is meant
    sentence: str  # French, for the person who writes the file


class MethodError(Exception):
    """A method file is refused. All its problems come at once."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(f"{p.file}, ligne {p.line}, {p.key} : {p.sentence}" for p in problems))


@dataclass(frozen=True, slots=True)
class Role:
    id: str
    title: str
    rule: str = ""
    join: bool = True  # may be taken at the door
    default: bool = False
    table: bool = True  # sits at a table; a facilitator does not
    max: int | None = None  # at one table
    take: str = ""  # the words of the button that takes it


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of card, and the words of the form that writes it."""

    id: str
    title: str
    label: str = later("Votre texte")
    placeholder: str = ""
    help: str = ""
    submit: str = later("Envoyer")
    empty: str = later("Rien pour l’instant.")
    max_length: int = MAX_TEXT
    parents: tuple[str, ...] = ()  # the kinds it answers; a card of this kind then has a parent
    single: bool = False  # one a person: writing again replaces it
    shown_as: str | None = None
    decline: str = ""  # the box « somebody else may carry it »
    hint_words: tuple[str, ...] = ()
    hint: str = ""
    cloud: bool = False  # shown as a cloud of words too


@dataclass(frozen=True, slots=True)
class Mark:
    id: str
    label: str
    label_on: str
    on: tuple[str, ...]
    max: int | None = None  # a seat
    private: bool = False  # seen by the one who marks, until revealed
    reveal: str = ""  # the words of the button that reveals


@dataclass(frozen=True, slots=True)
class Deck:
    id: str
    title: str
    cards: tuple["DeckCard", ...]
    draw: int | None = None  # how many are played

    def card(self, id_: str) -> "DeckCard | None":
        return next((known for known in self.cards if known.id == id_), None)


class DeckCard(NamedTuple):
    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the sheet that the session fills by itself."""

    id: str
    label: str
    kind: str
    mark: str | None = None


@dataclass(frozen=True, slots=True)
class Field:
    id: str
    label: str
    placeholder: str = ""
    help: str = ""
    type: str = "text"
    max_length: int = 300


@dataclass(frozen=True, slots=True)
class Sheet:
    role: str
    title: str
    lines: tuple[Line, ...] = ()
    fields: tuple[Field, ...] = ()

    def field(self, id_: str) -> Field | None:
        return next((known for known in self.fields if known.id == id_), None)


@dataclass(frozen=True, slots=True)
class Preset:
    id: str
    title: str
    minutes: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Assign:
    role: str
    kind: str | None
    by: tuple[str, ...]
    mark: str | None = None


@dataclass(frozen=True, slots=True)
class Keep:
    what: tuple[str, ...]
    release: str


@dataclass(frozen=True, slots=True)
class Prompts:
    say: tuple[str, ...] = ()
    watch: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rounds:
    """Stages played several times: so many times, or once for each card of a deck."""

    times: int
    back_to: str  # the stage each round begins with
    deck: str | None = None


@dataclass(frozen=True, slots=True)
class Option:
    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    id: str
    type: str
    label: str
    help: str = ""
    options: tuple[Option, ...] = ()  # of a choice; the values of a scale
    low: str = ""
    high: str = ""
    max_length: int = MAX_TEXT
    required: bool = False
    roles: tuple[str, ...] = ()  # who is asked; none is everybody who answers


@dataclass(frozen=True, slots=True)
class Step:
    """A stage at one of its rounds: what a session goes through, one after the other."""

    id: str  # the stage's own id at its first round, "vote.2" at the second, "vote.2.3" for rounds within rounds
    stage: str
    rounds: tuple[tuple[str, int], ...] = ()  # the stage that declares them, which one from 1; the outermost first


@dataclass(frozen=True, slots=True)
class Stage:
    id: str
    title: str
    minutes: float
    activity: str
    next: str
    optional: bool = False
    rules: Mapping[str, str] = field(default_factory=dict)  # by role; "" for everybody
    may: Mapping[str, frozenset[str]] = field(default_factory=dict)  # with the method's own, "lead" unfolded
    sees: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[str, ...] = ()  # `from`
    hidden_authors: bool = False
    assign: Assign | None = None
    keep: Keep | None = None
    quiet: float = 0
    prompts: Prompts = field(default_factory=Prompts)
    debrief: bool = False  # its time is reserved
    repeat: Rounds | None = None
    for_each: Rounds | None = None
    group: int | str | None = None  # people a group, "table", or "all"
    reveal: str = "now"
    question: str = ""  # poll
    options: tuple[Option, ...] = ()  # poll
    compare: str | None = None  # poll
    deck: str | None = None  # deal
    deal: str = "one"  # deal
    tokens: int = 0  # pot
    multiplier: float = 2  # pot
    questions: tuple[Question, ...] = ()  # form

    def rights(self, role: str) -> frozenset[str]:
        return self.may.get(role, frozenset())

    def allows(self, role: str, verb: str, detail: str = "") -> bool:
        rights = self.may.get(role, frozenset())
        return verb in rights or (bool(detail) and f"{verb}:{detail}" in rights)

    def rule(self, role: str) -> str:
        return self.rules.get(role) or self.rules.get("", "")

    def asks(self, role: str) -> bool:
        """Whether this role answers here: a vote, a questionnaire, a gift, a secret received."""
        if self.activity == "deal":
            return self.sees.get(role, "nothing") not in ("nothing", "count")
        verb = {"poll": "answer", "form": "answer", "pot": "give"}.get(self.activity)
        return verb is not None and verb in self.rights(role)

    def questions_for(self, role: str) -> tuple[Question, ...]:
        return tuple(question for question in self.questions if not question.roles or role in question.roles)


@dataclass(frozen=True, slots=True)
class Method:
    id: str
    version: int
    title: str
    first: str
    roles: Mapping[str, Role]
    stages: Mapping[str, Stage]  # in the order they are played
    steps: tuple[Step, ...]  # the stages with their rounds unrolled
    kinds: Mapping[str, Kind]
    marks: Mapping[str, Mark] = field(default_factory=dict)
    decks: Mapping[str, Deck] = field(default_factory=dict)
    sheet: Sheet | None = None
    presets: Mapping[str, Preset] = field(default_factory=dict)
    preset: str | None = None
    may: Mapping[str, frozenset[str]] = field(default_factory=dict)  # at any moment, before the first stage too
    sees: Mapping[str, str] = field(default_factory=dict)
    summary: str = ""
    people_min: int | None = None
    people_max: int | None = None
    compose: str = "mixed"
    table_size: int | None = None
    own_clocks: bool = False  # each table goes at its own pace
    people_shown: bool = True
    source: str = field(default="", compare=False, repr=False)
    _steps: Mapping[str, Step] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_steps", {step.id: step for step in self.steps})  # frozen for everybody else

    @property
    def default_role(self) -> str:
        """The role of somebody who asks for none."""
        usual = [role.id for role in self.roles.values() if role.default]
        seated = [role.id for role in self.roles.values() if role.table]
        return (usual or seated)[0]

    @property
    def join_roles(self) -> tuple[Role, ...]:
        """What the door offers, the usual role first."""
        offered = [role for role in self.roles.values() if role.join and role.table]
        return tuple(sorted(offered, key=lambda role: role.id != self.default_role))

    def step(self, id_: str) -> Step:
        return self._steps[id_]

    def role_name(self, role: str) -> str:
        return self.roles[role].title if role in self.roles else ""

    def kinds_of(self, stage: str) -> tuple[str, ...]:
        """The kinds that somebody may write there, in the order they are declared."""
        rights = frozenset[str]().union(*self.stages[stage].may.values())
        return tuple(kind for kind in self.kinds if "write" in rights or f"write:{kind}" in rights)

    def kinds_for(self, stage: str, role: str) -> tuple[str, ...]:
        """The kinds that a role may write there."""
        rule = self.stages[stage]
        return tuple(kind for kind in self.kinds if rule.allows(role, "write", kind))


def unfold(rights: tuple[str, ...]) -> frozenset[str]:
    """ "lead" becomes the words it stands for."""
    plain = frozenset(rights)
    return (plain - {"lead"}) | frozenset(LEADING) if "lead" in plain else plain

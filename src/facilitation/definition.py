"""A method read from TOML: what it declares, as frozen values. Format: docs/methods.md."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from facilitation.vocabulary import LEADING, MAX_TEXT


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
    label: str = "Votre texte"
    placeholder: str = ""
    help: str = ""
    submit: str = "Envoyer"
    empty: str = "Rien pour l’instant."
    max_length: int = MAX_TEXT
    parents: tuple[str, ...] = ()  # the kinds it answers; a card of this kind then has a parent
    single: bool = False  # one a person: writing again replaces it
    shown_as: str | None = None
    decline: str = ""  # the box « somebody else may carry it »
    hint_words: tuple[str, ...] = ()
    hint: str = ""


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
    cards: tuple[tuple[str, str, str], ...]  # id, title, text
    draw: int | None = None


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
    not_played: tuple[str, ...] = ()  # keys the language has and the machine does not play yet
    settings: Mapping[str, Any] = field(default_factory=dict)  # of the other activities, checked

    def rights(self, role: str) -> frozenset[str]:
        return self.may.get(role, frozenset())

    def allows(self, role: str, verb: str, detail: str = "") -> bool:
        rights = self.may.get(role, frozenset())
        return verb in rights or (bool(detail) and f"{verb}:{detail}" in rights)

    def rule(self, role: str) -> str:
        return self.rules.get(role) or self.rules.get("", "")


@dataclass(frozen=True, slots=True)
class Method:
    id: str
    version: int
    title: str
    first: str
    roles: Mapping[str, Role]
    stages: Mapping[str, Stage]  # in the order they are played
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
    people_shown: bool = True
    source: str = field(default="", compare=False, repr=False)

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

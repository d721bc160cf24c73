"""The closed words of the method language, in one place. docs/methods.md explains each; a test holds them together."""

from typing import Final

from facilitation.words import later

MAX_LINES: Final = 2_000  # a method is read by people; the longest of ours is a fifth of it
MAX_BYTES: Final = 100_000
MAX_MINUTES: Final = 480  # one stage never fills more than a working day
MAX_TEXT: Final = 1_000  # characters of a card: what a phone shows without losing the reader
MAX_PEOPLE: Final = 1_000

FACILITATOR: Final = "facilitator"
PROJECTOR: Final = "projector"
CONTROL: Final = "control"
SCREENS: Final = frozenset({PROJECTOR, CONTROL})  # roles of every method: they look at counts and do nothing
PAPER: Final = "paper"  # who typed what a room did on paper
PARTICIPANT: Final = "participant"  # asked for at a door that knows no method: the method's usual role

ACTIVITIES: Final = ("cards", "poll", "deal", "pot", "form")
END: Final = "end"
MAX_STEPS: Final = 300  # stages with their rounds: more is a mistake, nobody leads that in a day

SEES: Final = ("nothing", "count", "own", "group", "table", "all")
AUTHORS: Final = ("shown", "hidden")
COMPOSE: Final = ("mixed", "free", "peers")
CLOCK: Final = ("shared", "own")
ASSIGN_BY: Final = ("choice", "vote", "volunteer")
REVEAL: Final = ("now", "button", "everyone", "end")
REVEAL_BY_DEFAULT: Final = {"poll": "button", "deal": "button", "form": "button", "pot": "everyone"}
DEAL: Final = ("one", "same", "spread")
QUESTION_TYPES: Final = ("scale", "choice", "choices", "text")
FIELD_TYPES: Final = ("text", "date")
SHOWN_AS: Final = ("headline", "request", "action")
SHOWN_ALONE: Final = ("headline", "request")  # the latest only, above the boards and on none
KEPT_SHEET: Final = "sheet"

# What `may` may hold. The words of LEADING all come with "lead".
LEADING: Final = (
    "open", "advance", "back", "extend", "pause", "resume", "close", "reopen", "set_minutes",
    "give_role", "seat_at", "hide", "look_at", "for", "late", "add_person",
    "skip", "reveal", "count", "pick", "pin", "merge", "own_clock", "merge_tables",
)  # fmt: skip
PLAIN_RIGHTS: Final = ("write", "edit", "remove", "choose", "fill", "answer", "give")
RIGHTS: Final = ("lead", *LEADING, *PLAIN_RIGHTS)
# Rights that need, or take, a name after a colon: "write:idea". The section that declares the name.
DETAILED: Final = {"write": "kinds", "mark": "marks", "fill": "sheet.fields", "take_role": "roles", "reveal": "marks"}

# The keys of each section. "*" sections hold names that the method chooses.
KEYS: Final[dict[str, tuple[str, ...]]] = {
    "method": (
        "id", "version", "title", "summary", "group", "tables", "first", "preset", "people",
        "roles", "kinds", "marks", "decks", "sheet", "presets", "may", "sees", "stages",
    ),
    "group": ("min", "max"),
    "tables": ("compose", "size", "clock"),
    "roles.*": ("title", "rule", "join", "default", "table", "max", "take"),
    "kinds.*": (
        "title", "label", "placeholder", "help", "submit", "empty", "max_length", "parent", "single", "shown_as",
        "decline", "hint_words", "hint", "cloud",
    ),
    "marks.*": ("label", "label_on", "on", "max", "private", "reveal"),
    "decks.*": ("title", "draw", "cards"),
    "decks.*.cards": ("id", "title", "text"),
    "sheet": ("role", "title", "lines", "fields"),
    "sheet.lines.*": ("label", "from"),
    "sheet.fields.*": ("label", "placeholder", "help", "type", "max_length"),
    "presets.*": ("title", "minutes"),
    "stages.*": (
        "title", "minutes", "activity", "next", "optional", "rule", "may", "sees", "from", "authors", "assign",
        "keep", "quiet", "prompts", "repeat", "for_each", "group", "reveal", "debrief",
        "question", "options", "compare", "deck", "deal", "tokens", "multiplier", "questions",
    ),
    "stages.*.assign": ("role", "kind", "by", "mark"),
    "stages.*.keep": ("what", "release"),
    "stages.*.prompts": ("say", "watch", "avoid"),
    "stages.*.repeat": ("times", "back_to"),
    "stages.*.for_each": ("deck", "back_to"),
    "stages.*.questions": ("id", "type", "label", "help", "options", "min", "max", "low", "high", "required", "for"),
}  # fmt: skip

# Keys of a stage that belong to one activity, and those that activity cannot do without.
ACTIVITY_KEYS: Final = {
    "authors": "cards", "assign": "cards", "options": "poll", "compare": "poll", "question": "poll",
    "deck": "deal", "deal": "deal", "tokens": "pot", "multiplier": "pot", "questions": "form",
}  # fmt: skip
ACTIVITY_NEEDS: Final = {
    "cards": (),
    "poll": ("options",),
    "deal": ("deck",),
    "pot": ("tokens",),
    "form": ("questions",),
}

ROLE_TITLES: Final = {
    "participant": later("Participant·e"),
    "facilitator": later("Animateur·rice"),
    "observer": later("Observateur·rice"),
    "porteur": later("Qui porte le sujet"),
    "contributor": later("Contributeur·rice"),
    "note_taker": later("Secrétaire"),
    PROJECTOR: later("Écran de la salle"),
    CONTROL: later("Régie"),
}
DEFAULT_KIND: Final = "card"  # of a method that declares no kind: a short text, nothing more

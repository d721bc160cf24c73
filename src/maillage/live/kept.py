"""What was typed into a form whose page runs no script, on its way back to that page: refused, or to be read again.

The /live/ part makes no pages: it hands such a request on to Django with a Kept in its scope. Nothing of it is stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from maillage.live.outcomes import Outcome
from maillage.live.requests import PostedMove

SCOPE = "maillage.kept"
TYPED = ("text", "value", "sentence", "name")  # the payload's names for what a person writes
PUBLIC = {"release": "sentence"}  # moves that take words out of the room, and where they are: read again, then sent
READ = "read"  # the form's field: absent on the screen, then one of these two on the page that shows the words again
YES, NO = "1", "0"


@dataclass(frozen=True, slots=True)
class Kept:
    move: PostedMove
    outcome: Outcome | None = None  # why it was refused; None when nothing was sent yet
    read_again: bool = False  # the page shows the words before they are sent

    @property
    def text(self) -> str:
        return next((text for text in map(self._word, TYPED) if text.strip()), "")

    @property
    def sentence(self) -> str:
        return str(self.outcome.sentence) if self.outcome else ""

    @property
    def status(self) -> int:
        return self.outcome.status if self.outcome else 200

    def _word(self, name: str) -> str:
        found = self.move.payload.get(name, "")
        return found if isinstance(found, str) else ""


def before_sending(move: PostedMove) -> Kept | None:
    """What the page shows instead of sending: the words to be read again, or the form one comes back to with them."""
    answer = move.payload.pop(READ, None)
    words = move.payload.get(PUBLIC[move.kind]) if move.kind in PUBLIC else None
    if answer == YES or not (isinstance(words, str) and words.strip()):
        return None
    return Kept(move, read_again=answer != NO)


def kept_in(scope: Mapping[str, Any]) -> Kept | None:
    found = scope.get(SCOPE)
    return found if isinstance(found, Kept) else None

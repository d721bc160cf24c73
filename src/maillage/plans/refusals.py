"""What a plan refuses, in a sentence for whoever asked."""

from django.utils.translation import gettext as _


class Refused(Exception):
    """A refusal a user can cause; `sentence` is for them."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class CannotPlan(Refused):
    """No plan keeps the hard rules. `lacks` are pairs of a sentence and its ways out."""

    def __init__(self, sentence: str, lacks: tuple[tuple[str, tuple[str, ...]], ...] = ()) -> None:
        super().__init__(sentence)
        self.lacks = lacks


class MoveRefused(Refused):
    """A hard rule would break."""


class SizeAssumed(Refused):
    """A room or workshop would hold more than was supposed: nobody knows, so it is asked."""


class AlreadyReplaced(Refused):
    def __init__(self) -> None:
        super().__init__(_("Cette répartition a été remplacée par une autre : rechargez la page."))

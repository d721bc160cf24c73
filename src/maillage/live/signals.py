"""News of a session for the nouns above: sent after the commit, with nothing a person did not decide to let out.

`released`: session_id, seat, sentence (None: taken back). `kept`: session_id, seat, the porteur's sheet changed.
Receivers may hear the same news twice; `queries.released_sentences` tells again what was released.
"""

from collections.abc import Sequence

from django.dispatch import Signal

from maillage.live.committer import Change

released = Signal()
kept = Signal()


def tell(changes: Sequence[Change]) -> None:
    pass

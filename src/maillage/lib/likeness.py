"""Sentences that say the same, put side by side. No service outside, no state: the same texts give the same groups.

Two sentences are compared by their meaningful words, rare ones counting more (tf-idf, cosine: Salton & Buckley 1988,
doi:10.1016/0306-4573(88)90021-0). A sentence joins a group only if it is like every one of it: a chain of neighbours
that drifts from one idea to another is never one group. Whoever reads decides; this only proposes.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from maillage.lib.matching import roots

ALIKE = 0.5  # cosine; on the sentences of tests/lib/test_likeness.py, the same idea is above, another one below
STEM = 6  # letters: « coopérer », « coopération », « coopérons » are one word to compare
_SMALL = frozenset(
    roots(
        "a ai ainsi alors après as au aussi autre autres aux avant avec avoir c car ce ceci cela celle celui ces "
        "cet cette ceux chaque chez ci comme comment d dans de depuis des dès doit doivent donc dont du elle elles "
        "en encore entre es est et être eu faire fait faut fois il ils j je l la le les leur leurs là lui m ma "
        "mais me mes moi moins mon même n ne ni nos notre nous on ont ou où par parce peu peut pour pourquoi plus "
        "qu quand que quel quelle qui quoi s sa se sera ses si soi son sont sous sur t ta te tes toi ton tous tout "
        "toute toutes très trop tu un une va vais vers vos votre vous y"
    )
)
_NOT = frozenset(roots("ne n pas jamais sans rien aucun aucune"))
_ENDING = re.compile(r"(?:ations?|ements?|aient|ons|ent|ant|ait|er|ir|ez)$")


def terms(text: str) -> tuple[Counter[str], bool]:
    """Its meaningful words, cut to their stems; and whether it denies something: « sans règle » is not « règle ».

    What a last clause denies (« en faisant, pas en réunion ») says the same again.
    """
    words = roots(text)
    found = Counter(_stem(word) for word in words if word not in _SMALL and word not in _NOT and len(word) > 1)
    return found, any(word in _NOT for word in roots(re.split(r"[,;:]", text)[0]))


def _stem(word: str) -> str:
    return _ENDING.sub("", word)[:STEM] if len(word) > 4 else word


def group_alike(texts: Sequence[str], *, alike: float = ALIKE) -> list[list[int]]:
    """The positions of `texts`, in groups of sentences that say the same; in the order of their first sentence."""
    read = [terms(text) for text in texts]
    spread = _spread(read)
    weights = [_weigh(found, spread) for found, _denies in read]
    groups: list[list[int]] = []
    for position, (_found, denies) in enumerate(read):
        best, home = alike, None
        for group in groups:
            if any(read[other][1] != denies for other in group):
                continue
            nearest = min(_cosine(weights[position], weights[other]) for other in group)
            if nearest > best or (nearest == best and home is None):
                best, home = nearest, group
        if home is None:
            groups.append([position])
        else:
            home.append(position)
    return groups


def most_typical(texts: Sequence[str]) -> int:
    """The position of the sentence nearest to all the others; the shortest when several are."""
    read = [terms(text) for text in texts]
    spread = _spread(read)
    weights = [_weigh(found, spread) for found, _denies in read]
    near = [sum(_cosine(one, other) for other in weights) for one in weights]
    return min(range(len(texts)), key=lambda position: (-round(near[position], 6), len(texts[position]), position))


def _spread(read: Sequence[tuple[Counter[str], bool]]) -> dict[str, float]:
    """How rare each word is: 1 when every sentence holds it, more when few do.

    One that two share is as rare as one that a single sentence holds: it is what makes them alike.
    """
    held = Counter(word for found, _denies in read for word in found)
    return {word: 1 + math.log(len(read) / max(2, number)) for word, number in held.items()}


def _weigh(found: Counter[str], spread: Mapping[str, float]) -> dict[str, float]:
    weighed = {word: number * spread[word] for word, number in found.items()}
    length = math.sqrt(sum(weight * weight for weight in weighed.values())) or 1.0
    return {word: weight / length for word, weight in weighed.items()}


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    return sum(weight * other.get(word, 0.0) for word, weight in one.items())

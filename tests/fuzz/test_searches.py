"""What is asked of the search (FTS5 here, tsquery there) and of oEmbed: words, signs of either's own language, addresses
that are nearly ours. Nothing raises, and a page number is no way round."""

from random import Random

import pytest
from django.db import transaction
from django.urls import reverse

from maillage.atlas.indexing import index_all
from maillage.atlas.models import Entry
from maillage.atlas.search import PAGE, find
from maillage.atlas.search_views import NAMES, chosen_in
from maillage.lib.matching import roots
from tests.fuzz import counting
from tests.fuzz.drawing import WORDS, Chance, damaged, pick
from tests.fuzz.shaping import hurt
from tests.fuzz.test_addresses import House, _folders, house, sendable  # noqa: F401 - fixtures

# Of FTS5, of tsquery, of LIKE, of JSON's paths.
SIGNS = [
    "*", "^", '"', "'", "(", ")", "{", "}", ":", "+", "-", "&", "|", "!", "<->", "<9>", ":*", ":A", "\\", "%", "_", "$.x", "--", ";",
    "AND", "OR", "NOT", "NEAR(", "NEAR(a b, 99999)", "title :", "words:", "{title words} :", "rank", "bm25(", "é:*", "\u0000", "’", "ß", "œ", "ﬁ",
]  # fmt: skip


@pytest.fixture
def questions(house: House, db: None) -> list[str]:  # noqa: F811
    """Words that find something, so that ranking, facets and pages have something to say."""
    index_all()
    found = [word for title in Entry.objects.values_list("title", flat=True)[:60] for word in title.split()]
    assert len(found) > 20
    return found


def asked(random: Random, known: list[str]) -> str:
    chance = Chance(random)
    words = []
    kinds = random.choice((2, 4, 6))  # a question of words only, of words and signs, of anything
    for _ in range(random.choice((1, 1, 2, 3, 6))):
        kind = random.randrange(kinds)
        word = random.choice(known)
        word = word[: random.randint(1, len(word))] if kind == 0 else word
        words.append(word if kind < 3 else random.choice(SIGNS) if kind < 5 else sendable(chance))
    return random.choice(("", " ", " ", " ")).join(words)


def test_any_question_is_answered(house: House, questions: list[str]) -> None:  # noqa: F811
    random, found, statuses = counting.random_of("searches"), 0, set()
    space = house.here.space
    search = reverse("atlas:search", args=[space.slug])
    pages = [
        f"http://testserver/atlas/{space.slug}/",
        "http://testserver" + reverse("atlas:commune", args=[space.slug, "10081"]),
    ]
    for turn in counting.counted("searches"):
        question = asked(random, questions)
        chosen = chosen_in({name: sendable(Chance(random)) for name in NAMES.values() if random.random() < 0.15})
        page = random.choice((1, 1, 2, 51, 9_999))
        try:
            if turn % 8 == 0:
                names = {"q": question, "page": str(page)} | {
                    random.choice(("quoi", "ou", "annee", "methode", "theme", "page", "lang")): sendable(Chance(random))
                }
                response, _body = house.ask("anonymous", "get", search, names, {})
                inside = response.status_code == 200
            elif turn % 8 == 1:
                address = hurt(random, (random.choice(pages) + "?vue=contrats&couches=qpv&tri=nom").encode())
                if random.random() < 0.3:
                    address = damaged(random, [address])
                given = {"url": address.decode("utf-8", "replace"), "maxwidth": pick(Chance(random), WORDS)}
                given = {name: value.encode("utf-8", "replace").decode() for name, value in given.items()}
                response, _body = house.ask("anonymous", "get", "/oembed", given, {})
                inside = response.status_code == 200
            else:
                with transaction.atomic():
                    answer = find(
                        space, question, {name: text.replace("\0", "") for name, text in chosen.items()}, page
                    )
                response, inside = None, bool(roots(question))
                assert len(answer.entries) <= PAGE
                assert answer.total >= len(answer.entries)
                found += answer.total > 0
        except Exception as error:
            raise AssertionError(f"{question!r} {chosen!r} {page}: {type(error).__name__}: {error}") from error
        if response is not None:
            statuses.add(response.status_code)
            assert response.status_code < 500, (question, response.status_code)
        counting.inside["searches"] += inside
    assert found > counting.number_of("searches") / 10
    assert {200, 404} <= statuses

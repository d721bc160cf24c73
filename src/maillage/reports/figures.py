"""The figures of a report: each a drawing, its words, and the same facts in a table."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from maillage.lib.typography import NARROW, count, typo
from maillage.reports.blocks import Block, Figure, Heading, Note, Paragraph, Table
from maillage.reports.charts import WIDE, Bar, Drawn, Series, Stop, balloons, bars, curve, timeline
from maillage.reports.decided import divided_words

SAME = "Les mêmes nombres sont dans le tableau qui suit."
BESIDE = 58  # % of the page: the table stands beside the drawing
HALF = 380  # units of a drawing that stands beside its table
LONG_NAME = 34  # letters of a label that is not shortened in an alternative text


def _figure(drawn: Drawn, alt: str, table: Table, *, caption: str = "", share: int = 100) -> Figure:
    return Figure(drawn.svg, typo(alt), table, caption, share, drawn.ratio)


def of_room(results: Mapping[str, Any], accent: str) -> Iterator[Block]:
    """What one room voted, what divided it, how its pot rose, what it answered."""
    if results["votes"]:
        yield Heading(_("Les votes"), 4)
        for vote in results["votes"]:
            yield from _vote(vote, accent)
    for question in results["choices"]:
        yield Heading(question["label"], 4)
        yield from _choices(question, accent)
    if results["pot"] and results["pot"]["rounds"]:
        yield Heading(_("La courbe du pot"), 4)
        yield _pot(results["pot"], accent)
    if results["questions"]:
        yield Heading(_("Les réponses"), 4)
        yield from _questions(results["questions"], accent)


def _vote(vote: Mapping[str, Any], accent: str) -> Iterator[Block]:
    compared = any(option["before"] is not None for option in vote["options"])
    yield Paragraph(vote["about"] or vote["question"], lead=vote["title"])
    rows = [
        Bar(
            option["label"],
            option["count"],
            f"{option['count']} ({option['share']}{NARROW}%)",
            option["before"] if compared else None,
        )
        for option in vote["options"]
    ]
    headers = (_("Réponse"), *((_("Avant"),) if compared else ()), _("Voix"), _("Part"))
    table = Table(
        vote["title"],
        headers,
        tuple(
            (
                option["label"],
                *((str(option["before"] or 0),) if compared else ()),
                str(option["count"]),
                f"{option['share']}{NARROW}%",
            )
            for option in vote["options"]
        ),
        figures=tuple(range(1, len(headers))),
        widths=(4, *((2,) if compared else ()), 2, 2),
    )
    said = ", ".join(f"{option['label']} {option['count']}" for option in vote["options"])
    alt = f"Barres des voix. {said}, sur {vote['total']}. {vote['movement']} {SAME}"
    legend = _("En blanc, le premier vote ; en plein, le second.") if compared else ""
    caption = typo(" ".join(part for part in (legend, vote["movement"]) if part))
    yield _figure(bars(rows, accent, width=HALF), alt, table, caption=caption, share=BESIDE)
    if vote["divided"]:
        yield Note(typo(_("La salle est restée partagée : aucune réponse n’a réuni deux personnes sur trois.")))


def _choices(question: Mapping[str, Any], accent: str) -> Iterator[Block]:
    """Criteria that divide the room: how often each was ticked. Never a score."""
    options = chosen_of(question)
    table = Table(
        question["label"],
        (_("Réponse"), _("Fois")),
        tuple((option["label"], str(option["count"])) for option in options),
        figures=(1,),
        widths=(5, 1),
    )
    never = [option["label"] for option in question["options"] if not option["count"]]
    said = [
        _("Question posée {n} fois, à chaque situation ; toutes les réponses sont comptées.").format(
            n=question["times"]
        )
        if question["times"] > 1
        else "",
        _("Jamais cochés : {labels}.").format(labels=" · ".join(never)) if never else "",
    ]
    first = ", ".join(f"{option['label']} {option['count']}" for option in options[:3])
    alt = f"Barres, de la réponse la plus cochée à la moins cochée. D’abord {first}. {SAME}"
    yield _figure(draw_choices(question, accent), alt, table, caption=typo(" ".join(filter(None, said))), share=BESIDE)


def chosen_of(question: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The most ticked first; what nobody ticked is not among them."""
    return sorted((option for option in question["options"] if option["count"]), key=lambda option: -option["count"])


def draw_choices(question: Mapping[str, Any], accent: str, *, most: int = 100, width: int = HALF) -> Drawn:
    options = chosen_of(question)[:most]
    return bars(
        [Bar(option["label"], option["count"], str(option["count"])) for option in options], accent, width=width
    )


def draw_pot(pot: Mapping[str, Any], accent: str, *, width: int = WIDE) -> Drawn:
    rooms = tuple((place, step["share"]) for place, step in enumerate(pot["rounds"]))
    series = [
        *([] if pot["tables"] else [Series(_("Toute la salle"), rooms)]),
        *(
            Series(
                table["name"], tuple((place, share) for place, share in enumerate(table["shares"]) if share is not None)
            )
            for table in pot["tables"]
        ),
    ]
    return curve(series, [str(number) for number in range(1, len(pot["rounds"]) + 1)], accent, width=width)


def _pot(pot: Mapping[str, Any], accent: str) -> Figure:
    """The room's sums; a table's own part only where each table is of five people at least."""
    rounds, tables = pot["rounds"], pot["tables"]
    drawn = draw_pot(pot, accent)
    rows = tuple(
        (
            f"{number}. {step['title']}",
            str(step["players"]),
            _("{total} sur {possible}").format(total=step["total"], possible=step["possible"]),
            _share(step["share"]),
            *(_share(table["shares"][number - 1]) for table in tables),
        )
        for number, step in enumerate(rounds, start=1)
    )
    headers = (_("Tour"), _("Personnes"), _("Jetons donnés"), _("Part"), *(table["name"] for table in tables))
    table = Table(
        _("La courbe du pot"),
        headers,
        rows,
        figures=tuple(range(1, len(headers))),
        widths=(5, 2, 3, 2, *(2 for _table in tables)),
    )
    alt = f"Courbe de la part donnée au pot, tour après tour, du premier au dernier : {pot_ends(pot)}. {SAME}"
    said = (
        _("Part de ce qui pouvait être donné, au total de chaque table.")
        if tables
        else _("Part de ce qui pouvait être donné, toutes tables ensemble : une table de moins de cinq n’est pas dite.")
    )
    return _figure(drawn, alt, table, caption=typo(said))


def pot_ends(pot: Mapping[str, Any]) -> str:
    """« Toute la salle de 40 % à 90 % »."""
    room = _("toute la salle de {first} à {last}").format(
        first=_share(pot["rounds"][0]["share"]), last=_share(pot["rounds"][-1]["share"])
    )
    ends = [
        f"{each['name']} de {_share(_first(each['shares']))} à {_share(_first(each['shares'][::-1]))}"
        for each in pot["tables"]
    ]
    return ", ".join([room, *ends])


def _first(shares: Sequence[int | None]) -> int | None:
    return next((share for share in shares if share is not None), None)


def _share(share: int | None) -> str:
    return "–" if share is None else f"{share}{NARROW}%"


def _questions(questions: Sequence[Mapping[str, Any]], accent: str) -> Iterator[Block]:
    """Those that share their answers go together: one drawing, one table."""

    def answers(question: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple(option["label"] for option in question["options"])

    for labels, group in groupby(questions, key=answers):
        alike = list(group)
        yield _matrix(alike, labels, accent) if len(alike) > 1 else one_question(alike[0], accent)
    divided = divided_words(questions)
    if divided:
        yield Note(typo(_("Ce qui partage la salle : {questions}.").format(questions=divided)))


def _matrix(questions: Sequence[Mapping[str, Any]], labels: Sequence[str], accent: str) -> Figure:
    rows = [(question["label"], [option["count"] for option in question["options"]]) for question in questions]
    table = Table(
        _("Réponses à chaque question"),
        (_("Question"), *labels),
        tuple((label, *map(str, numbers)) for label, numbers in rows),
        figures=tuple(range(1, len(labels) + 1)),
        widths=(6, *(2 for _label in labels)),
    )
    ends = sorted({f"{labels[0]} : {q['low']}, {labels[-1]} : {q['high']}" for q in questions if q["low"] or q["high"]})
    alt = f"Disques d’autant plus grands que la réponse est fréquente, pour {len(rows)} questions. {SAME}"
    return _figure(balloons(rows, labels, accent), alt, table, caption=typo(" ; ".join(ends)))


def one_question(question: Mapping[str, Any], accent: str, *, caption: str = "") -> Figure:
    """`caption`: instead of the question, where a heading says it already."""
    options = question["options"]
    rows = [
        Bar(option["label"], option["count"], f"{option['count']} ({option['share']}{NARROW}%)") for option in options
    ]
    table = Table(
        question["label"],
        (_("Réponse"), _("Nombre"), _("Part")),
        tuple((option["label"], str(option["count"]), f"{option['share']}{NARROW}%") for option in options),
        figures=(1, 2),
        widths=(4, 2, 2),
    )
    said = ", ".join(f"{option['label']} {option['count']}" for option in options)
    return _figure(
        bars(rows, accent, width=HALF), f"Barres des réponses. {question['label']} {said}. {SAME}", table,
        caption=caption or question["label"], share=BESIDE,
    )  # fmt: skip


def of_categories(categories: Sequence[Mapping[str, Any]], accent: str) -> Iterator[Block]:
    if not categories:
        return
    rows = [Bar(typo(row["name"]), row["count"], str(row["count"])) for row in categories]
    table = Table(
        _("Qui est venu"),
        (_("Qui"), _("Personnes")),
        tuple((typo(row["name"]), str(row["count"])) for row in categories),
        figures=(1,), widths=(4, 2),
    )  # fmt: skip
    said = ", ".join(f"{row['name']} {row['count']}" for row in categories)
    yield _figure(bars(rows, accent, width=HALF), f"Barres par catégorie. {said}. {SAME}", table, share=BESIDE)


def of_territories(
    territories: Sequence[Mapping[str, Any]],
    accent: str,
    draw_map: Callable[[Sequence[tuple[str, int]], str], Drawn | None],
) -> Iterator[Block]:
    """The number of a line is that of its disc on the map."""
    known = [row for row in territories if row["known"]]
    drawn = draw_map([(row["siren"], row["count"]) for row in known], accent)
    numbered = drawn is not None
    rows = []
    for number, row in enumerate(territories, start=1):
        place = f"{number}" if row["known"] else "–"
        rows.append((*((place,) if numbered else ()), row["name"], str(row["count"])))
    headers = (*((_("Sur la carte"),) if numbered else ()), _("Intercommunalité"), _("Personnes"))
    table = Table(
        _("Les territoires présents"), headers, tuple(rows), figures=(len(headers) - 1,),
        widths=(2, 6, 2) if numbered else (6, 2),
    )  # fmt: skip
    if drawn is None:
        yield table
        return
    said = ", ".join(f"{row['name']} {row['count']}" for row in known[:3])
    many = count(len(known), _("intercommunalité"), _("intercommunalités"), zero="")
    alt = (
        f"Carte de la région : {many}, une pastille numérotée chacune, d’autant plus grande qu’il en vient de monde. "
        f"D’abord {said}. {SAME}"
    )
    yield _figure(drawn, alt, table, caption=typo(_("Le numéro d’une pastille est celui de sa ligne dans le tableau.")))


def of_cycle(facts: Mapping[str, Any], accent: str) -> Iterator[Block]:
    meetings = [meeting for meeting in facts["cycle"] if meeting["day"]]
    days = [dt.date.fromisoformat(meeting["day"]) for meeting in meetings] + [dt.date.fromisoformat(facts["day"])]
    first, last = min(days), max(days)
    span = (last - first).days or 1
    stops = [
        Stop((day - first).days / span, number, here=number == len(days)) for number, day in enumerate(days, start=1)
    ]
    years = [(0.0, str(first.year))]
    years += [((dt.date(year, 1, 1) - first).days / span, str(year)) for year in range(first.year + 1, last.year + 1)]
    rows = [
        (str(number), meeting["date"], meeting["title"], meeting["place"])
        for number, meeting in enumerate(meetings, start=1)
    ]
    rows.append((str(len(days)), facts["date"], facts["title"], facts["place"]))
    table = Table(
        _("Le cycle de rencontres"),
        (_("Numéro"), _("Date"), _("Rencontre"), _("Lieu")),
        tuple(rows),
        widths=(2, 3, 6, 4),
    )  # fmt: skip
    alt = (
        f"Ligne du temps de {len(days)} rencontres, du {rows[0][1]} au {rows[-1][1]} ; la dernière est celle de ce "
        "document. Elles sont nommées dans le tableau qui suit."
    )
    yield _figure(timeline(stops, years, accent), alt, table)

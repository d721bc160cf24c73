"""The sigles of the field, said in full."""

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Sigle:
    sigle: str
    meaning: str
    sentence: str


@cache
def glossary() -> dict[str, Sigle]:
    text = (files("maillage.atlas") / "data" / "glossaire.csv").read_text(encoding="utf-8")
    return {row["sigle"]: Sigle(row["sigle"], row["sens"], row["phrase"]) for row in csv.DictReader(text.splitlines())}


def sigles_in(*texts: str) -> list[Sigle]:
    """Those written in capitals in these texts, in the order of the alphabet."""
    written = {word for text in texts for word in re.findall(r"\b[A-Z]{2,6}\b", text)}
    return [sigle for name, sigle in sorted(glossary().items()) if name in written]


def find_sigle(question: str) -> Sigle | None:
    """« qpv », « QPV », « q.p.v. »: a question that is one sigle."""
    return glossary().get(re.sub(r"[^A-Z]", "", question.upper()))


def in_full(question: str) -> str:
    """The words a sigle stands for, when they would find more: « TFPB » is rarely how people write it."""
    sigle = find_sigle(question)
    return sigle.meaning if sigle else ""

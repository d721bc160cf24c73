from collections import Counter
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maillage.lib.spreadsheets import read_table, write_xlsx
from maillage.registrations.doubles import summary
from maillage.registrations.reading import Known, Record
from maillage.registrations.values import clean, phone_key, read_email, read_moment, read_yes, split_name
from tests.examples import several
from tests.registrations.day import FILE, PARIS, as_known, day_table, read, read_day, row


def only(reading):
    [candidate] = reading.candidates
    return candidate


def doubt_of(reading, field):
    return next(doubt for candidate in reading.candidates for doubt in candidate.doubts if doubt.field == field)


def test_the_real_file_gives_its_128_people_and_all_their_words():
    reading = read_day(day_table())
    records = [candidate.record for candidate in reading.candidates]

    assert [candidate.rows for candidate in reading.candidates] == [(line,) for line in range(2, 130)]
    assert {candidate.verdict for candidate in reading.candidates} == {"new"}
    lengths = {slot: [len(dict(record.wishes).get(slot, ())) for record in records] for slot in "ma"}
    # counted in the file, column by column
    assert [sum(length >= rank for length in lengths["m"]) for rank in (1, 2, 3)] == [114, 81, 27]
    assert [sum(length >= rank for length in lengths["a"]) for rank in (1, 2, 3)] == [111, 74, 25]
    assert Counter(dict(record.wishes)["m"][0] for record in records if dict(record.wishes).get("m")) == {
        "isolement": 55,
        "tfpb": 23,
        "animation": 19,
        "village": 17,
    }
    assert Counter(dict(record.wishes)["a"][0] for record in records if dict(record.wishes).get("a")) == {
        "codev": 48,
        "coop": 31,
        "pot": 24,
        "chaises": 8,
    }
    assert Counter(record.category for record in records) == {
        "local_officer": 36,
        "association": 29,
        "resident": 19,
        "state_officer": 17,
        "elected_official": 14,
        "partner": 11,
        "other": 2,
    }
    assert sum(bool(record.volunteer) for record in records) == 16
    said = ("needs", "interpreter", "children", "meal")
    assert sum(any(getattr(record, name) for name in said) for record in records) == 23
    assert [sum(bool(getattr(record, name)) for record in records) for name in said] == [6, 2, 10, 5]
    assert sum(bool(record.newsletter) for record in records) == 41
    assert sum(bool(record.email) for record in records) == 122
    assert records[0].registered_at == datetime(2025, 9, 4, 13, 24, tzinfo=PARIS)
    assert records[1].email == "océane.aubry@exemple.invalid"
    assert {doubt.field for candidate in reading.candidates for doubt in candidate.doubts} == {"commune"}


def test_the_real_file_a_second_time_changes_nothing():
    first = read_day(day_table())

    given = {doubt.key: doubt.settled for doubt, _rows in first.questions}
    second = read_day(day_table(), known=as_known(first), answers=given)

    assert {candidate.verdict for candidate in second.candidates} == {"same"}
    assert summary(second) == "Rien à changer : ce fichier est déjà importé."


def test_one_structure_in_two_spellings_is_no_question():
    first = read(row(organisation="Ville de Épinal"), row("Bob", organisation="Ville de Hayange"))

    again = read(row(organisation="Ville d’Épinal"), row("Bob", organisation="ville d'Hayange"), known=as_known(first))

    assert again.questions == ()
    assert again.nothing_to_do


def test_what_differs_is_asked_and_never_said_to_be_the_same():
    first = read(row(email="a@exemple.fr", organisation="Ville de Metz"))

    again = read(row(email="a@exemple.fr", organisation="Ville de Nancy"), known=as_known(first))

    assert [doubt.proposed for doubt, _rows in again.questions] == ["keep"]
    assert not again.nothing_to_do
    assert summary(again) == ("Ces personnes sont déjà inscrites ; rien ne change, sauf si vos réponses le demandent.")


def test_cp1252_and_xlsx_twins_say_the_same():
    text = FILE.read_text(encoding="utf-8-sig")
    table = day_table()
    expected = [candidate.record for candidate in read_day(table).candidates]

    cp1252 = read_table(text.encode("cp1252"), "inscriptions.csv")
    xlsx = read_table(write_xlsx(table.headers, table.rows, "Inscriptions"), "inscriptions.xlsx")

    assert [candidate.record for candidate in read_day(cp1252).candidates] == expected
    assert [candidate.record for candidate in read_day(xlsx).candidates] == expected


def test_words_that_differ_by_case_accents_and_signs_match_in_silence():
    candidate = only(read(row(category="HABITANTE", morning="l'isolement social en qpv", afternoon="CODEVELOPPEMENT")))

    assert candidate.record.category == "resident"
    assert candidate.record.wishes == (("m", ("isolement",)), ("a", ("codev",)))
    assert candidate.doubts == ()


def test_a_slip_in_a_title_is_asked_with_a_proposal():
    reading = read(row(afternoon="Anarchaize"))
    doubt = doubt_of(reading, "wishes")

    assert doubt.sentence == "Atelier « Anarchaize » : est-ce « Anarchaise » ?"
    assert doubt.proposed == "chaises"
    assert only(reading).record.wishes == (("a", ("chaises",)),)
    assert only(read(row(afternoon="Anarchaize"), answers={doubt.key: "-"})).record.wishes == ()
    assert only(read(row(afternoon="Anarchaize"), answers={doubt.key: "pot"})).record.wishes == (("a", ("pot",)),)


def test_a_title_nobody_knows_must_be_answered():
    headers = ["Nom", "Atelier du matin - choix 1"]
    reading = read(["Martin", "Poterie"], headers=headers)
    doubt = doubt_of(reading, "wishes")

    assert doubt.proposed is None
    assert only(reading).waiting == (doubt,)
    assert [label for _value, label in doubt.choices][-1] == "laisser vide"
    assert not only(read(["Martin", "Poterie"], headers=headers, answers={doubt.key: "-"})).waiting


def test_a_workshop_of_the_other_moment_is_counted_there_after_a_question():
    reading = read(row(first="Ana", morning="Anarchaise"), row(first="Bob", morning="L'animation territoriale"))

    assert reading.candidates[0].record.wishes == (("a", ("chaises",)),)
    assert (
        doubt_of(reading, "wishes").sentence == "« Anarchaise » n’est pas un atelier de « Présentation d’expériences »."
    )


def test_the_same_workshop_twice_counts_once_at_its_best_rank():
    headers = ["Nom", "Matin choix 1", "Matin choix 2", "Matin choix 3"]
    cells = ["Martin", "Le village des solidarités", "Le village des solidarités", "L'animation territoriale"]
    candidate = only(read(cells, headers=headers))

    assert candidate.record.wishes == (("m", ("village", "animation")),)
    assert [doubt.sentence for doubt in candidate.doubts] == ["« Le village des solidarités » est demandé deux fois."]


def test_several_wishes_in_one_cell_are_ranked_as_written():
    candidate = only(read(["Martin", "Serious Game; Anarchaise"], headers=["Nom", "Atelier de l'après-midi"]))

    assert candidate.record.wishes == (("a", ("pot", "chaises")),)


@pytest.mark.parametrize(
    ("commune", "proposed", "record"),
    [("Nanci", "54395", ("54395", "")), ("Atlantis", "=", ("", "Atlantis")), ("Saint-Rémy", "=", ("", "Saint-Rémy"))],
)
def test_a_doubtful_commune_is_asked(commune, proposed, record):
    reading = read(row(commune=commune))

    assert doubt_of(reading, "commune").proposed == proposed
    assert (only(reading).record.commune, only(reading).record.commune_text) == record
    assert doubt_of(reading, "commune").choices[-1] == ("-", "laisser vide")


def test_only_a_proposal_that_loses_nothing_is_safe():
    assert only(read(row(commune="Atlantis"))).is_safe
    assert not only(read(row(commune="Nanci"))).is_safe
    doubt = doubt_of(read(row(commune="Nanci")), "commune")
    assert only(read(row(commune="Nanci"), answers={doubt.key: "54395"})).is_safe


def test_an_address_that_is_none_is_repaired_or_left_empty_after_a_question():
    broken = read(row(email="jeanne.martin@exemple,fr"))
    hopeless = read(row(email="jeanne martin"))

    assert doubt_of(broken, "email").proposed == "jeanne.martin@exemple.fr"
    assert doubt_of(hopeless, "email").proposed == "-"
    assert only(hopeless).record.email == ""


def test_a_row_without_a_name_waits_for_an_answer():
    reading = read(row(first="", last="", email="contact@exemple.fr"))
    doubt = doubt_of(reading, "name")

    assert doubt.proposed is None
    named = read(row(first="", last="", email="contact@exemple.fr"), answers={doubt.key: "mail"})
    assert only(named).record.first_name == "contact"
    left = read(row(first="", last="", email="contact@exemple.fr"), answers={doubt.key: "out"})
    assert only(left).verdict == "left_out"


def test_a_text_longer_than_the_table_holds_is_cut_after_a_question():
    candidate = only(read(row(organisation="a" * 250)))

    assert candidate.record.organisation == "a" * 200
    assert candidate.doubts[0].sentence.endswith("250 caractères, on en garde 200 au plus.")


def test_signs_of_formulas_are_text():
    candidate = only(read(row(first="=HYPERLINK(1)", last="@Martin", phone="+33 6 12 34 56 78", organisation="-A-")))

    assert candidate.record.first_name == "=HYPERLINK(1)"
    assert candidate.record.last_name == "@Martin"
    assert candidate.record.phone == "+33 6 12 34 56 78"
    assert candidate.record.organisation == "-A-"


def test_identical_rows_are_merged_without_a_question_and_said():
    reading = read(row(email="j@exemple.fr", afternoon="Anarchaise"), row(email="J@exemple.fr", afternoon="anarchaise"))

    assert only(reading).rows == (2, 3)
    assert only(reading).doubts == ()
    assert summary(reading) == (
        "1 personne à inscrire. La ligne 3 répète une autre ligne\u00a0: elle n’est comptée qu’une fois."
    )
    assert "répète" not in summary(read(*[row(email="j@exemple.fr")] * 2, known=as_known(reading)))


def test_many_identical_rows_are_named_then_counted():
    reading = read(*[row(email="j@exemple.fr")] * 15)

    said = "Les lignes 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 et 4 autres répètent d’autres lignes"
    assert said in summary(reading)


def test_two_answers_of_one_person_are_merged_with_a_question_and_lose_nothing():
    one = row(email="j@exemple.fr", phone="06 11 22 33 44", afternoon="Anarchaise")
    two = row(email="j@exemple.fr", organisation="CAF", afternoon="Serious Game")
    reading = read(one, two)
    doubt = doubt_of(reading, "person")

    assert only(reading).rows == (2, 3)
    assert only(reading).record.wishes == (("a", ("pot",)),)
    assert only(reading).record.phone == "06 11 22 33 44"
    assert doubt.proposed == "last"
    assert "« Anarchaise » → « Serious Game »" in doubt.sentence
    assert only(read(one, two, answers={doubt.key: "first"})).record.wishes == (("a", ("chaises",)),)
    assert len(read(one, two, answers={doubt.key: "both"}).candidates) == 2


def test_the_name_turned_round_is_the_same_person():
    reading = read(
        row(first="Jean-Marc", last="Faure", phone="0611223344"), row("Faure", "Jean Marc", phone="+33611223344")
    )

    assert only(reading).rows == (2, 3)


def test_homonyms_of_two_addresses_are_two_people():
    reading = read(
        row(email="a@exemple.fr", organisation="CAF"), row(email="b@exemple.fr", organisation="Ville", commune="Nancy")
    )

    assert [candidate.rows for candidate in reading.candidates] == [(2,), (3,)]
    assert reading.doubtful == ()


def test_homonyms_about_whom_nothing_more_is_known_are_asked():
    reading = read(row(commune="Metz", email="a@exemple.fr"), row(commune=""))

    assert len(reading.candidates) == 2
    assert doubt_of(reading, "person").proposed is None


@pytest.mark.parametrize(
    ("one", "two", "said"),
    [
        ({"commune": "Metz"}, {"commune": "Nancy"}, "commune « Metz » → « Nancy »"),
        ({"organisation": "CAF"}, {"organisation": "Ville"}, "structure « CAF » → « Ville »"),
        (
            {"commune": "Metz", "organisation": "CAF"},
            {"commune": "Nancy", "organisation": "CAF"},
            "commune « Metz » → « Nancy »",
        ),
    ],
)
def test_namesakes_of_two_places_without_an_address_are_asked_about(one, two, said):
    reading = read(row(**one), row(**two))
    doubt = doubt_of(reading, "person")

    assert doubt.sentence == f"Jeanne Martin, lignes 2 et 3 : {said}. Est-ce la même personne ?"
    assert [candidate.rows for candidate in reading.candidates] == [(2,), (3,)]
    assert [candidate.rows for candidate in reading.waiting] == [(3,)]  # nothing is written before the answer
    assert only(read(row(**one), row(**two), answers={doubt.key: "first"})).rows == (2, 3)

    known = read(row(**two), known=as_known(read(row(**one))))
    assert doubt_of(known, "person").sentence == (
        f"Jeanne Martin est peut-être déjà inscrit·e : {said}. Est-ce la même personne ?"
    )
    assert len(known.waiting) == 1


def test_two_namesakes_that_were_both_registered_are_not_asked_about_again():
    rows = (
        row("Amina", "Weber", commune="Metz"),
        row("Amina", "Weber", commune="", organisation="CAF"),
    )
    [doubt] = [doubt for candidate in read(*rows).candidates for doubt in candidate.doubts]
    answers = {doubt.key: "both"}
    known = as_known(read(*rows, answers=answers))
    assert len(known) == 2

    for order in (known, known[::-1]):
        again = read(*rows, answers=answers, known=order)
        assert [candidate.verdict for candidate in again.candidates] == ["same", "same"]
        assert [question.key for question, _rows in again.questions] == [doubt.key]
        assert again.asked_now(answers) == ()
        assert [question.key for question, _rows in again.asked_again(answers)] == [doubt.key]


def test_what_the_organiser_corrected_is_kept_unless_they_say_otherwise():
    known = Known("r1", Record("Jeanne", "Martin", email="j@exemple.fr", organisation="DDETS", category="resident"))
    cells = row(email="j@exemple.fr", organisation="CAF")
    reading = read(cells, known=[known])
    doubt = doubt_of(reading, "person")

    assert only(reading).verdict == "same"
    assert "structure « DDETS » → « CAF »" in doubt.sentence
    assert only(read(cells, known=[known], answers={doubt.key: "file"})).verdict == "changed"


def test_an_empty_cell_erases_nothing():
    known = Known(
        "r1",
        Record(
            "Jeanne", "Martin", "j@exemple.fr", "06 11 22 33 44", "resident", wishes=(("m", ("tfpb",)), ("a", ("pot",)))
        ),
    )

    candidate = only(read(row(email="j@exemple.fr", category="", commune="", afternoon="Serious Game"), known=[known]))

    assert candidate.verdict == "same"
    assert candidate.doubts == ()


def test_somebody_who_cancelled_is_not_revived_nor_asked_about():
    known = Known("r1", Record("Jeanne", "Martin", "j@exemple.fr"), cancelled=True)

    candidate = only(read(row(email="j@exemple.fr", organisation="CAF"), known=[known]))

    assert candidate.verdict == "same"
    assert candidate.doubts == ()


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2025-09-04 13:24", datetime(2025, 9, 4, 13, 24, tzinfo=PARIS)),
        ("04/09/2025 13:24:05", datetime(2025, 9, 4, 13, 24, 5, tzinfo=PARIS)),
        ("04/09/2025 à 13h24", datetime(2025, 9, 4, 13, 24, tzinfo=PARIS)),
        ("4 septembre 2025", datetime(2025, 9, 4, tzinfo=PARIS)),
        ("1er octobre 2025 à 9h", datetime(2025, 10, 1, 9, tzinfo=PARIS)),
        ("2025-09-04T13:24:00", datetime(2025, 9, 4, 13, 24, tzinfo=PARIS)),
        ("31/02/2025", None),
        ("bientôt", None),
    ],
)
def test_a_date_is_read_as_written_or_not_at_all(text, moment):
    assert read_moment(text, PARIS) == moment


@pytest.mark.parametrize(
    ("text", "said"),
    [("Oui", True), ("OUI, volontiers", True), ("x", True), ("Non merci", False), ("0", False), ("peut-être", None)],
)
def test_yes_and_no_in_many_words(text, said):
    assert read_yes(text) is said


def test_a_ticked_box_that_repeats_its_sentence_is_a_yes():
    assert read_yes("Je veux bien apporter un sujet", "Je veux bien apporter un sujet (codev)") is True


def test_consent_is_never_presumed():
    headers = ["Nom", "J'accepte de recevoir la lettre d'information"]
    candidate = only(read(["Martin", "peut-être"], headers=headers))

    assert candidate.record.newsletter is False
    assert candidate.doubts[0].proposed == "no"


@pytest.mark.parametrize(
    ("text", "names"),
    [("MARTIN Jeanne", ("Jeanne", "MARTIN")), ("Jeanne Martin", ("Jeanne", "Martin")), ("Jeanne", ("Jeanne", ""))],
)
def test_a_full_name_is_split(text, names):
    assert split_name(text) == names


def test_a_file_of_50_rows_with_the_same_slip_asks_once():
    reading = read(*[row(first=f"P{index}", commune="Nanci") for index in range(50)])

    [(doubt, rows)] = reading.questions
    assert doubt.sentence == "Commune « Nanci » : est-ce Nancy ?"
    assert len(rows) == 50


CELL = st.text(max_size=30) | st.sampled_from(
    [
        "Jeanne",
        "Martin",
        "j@exemple.fr",
        "06 11 22 33 44",
        "Metz",
        "Nanci",
        "Oui",
        "non",
        "Anarchaise",
        "Anarchaize",
        "CAF",
        "",
    ]
)


@settings(deadline=None, max_examples=several(60))  # a shared machine; a reading takes some 20 ms
@given(rows=st.lists(st.lists(CELL, min_size=11, max_size=11), max_size=8), data=st.data())
def test_whatever_the_cells_nothing_raises_and_no_row_is_lost(rows, data):
    reading = read(*rows)
    answers = {
        doubt.key: data.draw(st.sampled_from([value for value, _label in doubt.choices]))
        for doubt, _rows in reading.questions
    }
    again = read(*rows, answers=answers)

    for each in (reading, again):
        lines = sorted(line for candidate in each.candidates for line in candidate.rows)
        assert lines == list(range(2, len(rows) + 2))
        for candidate in each.candidates:
            assert not candidate.left_out or candidate.doubts  # nobody is left out without a question
            for _slot, ranked in candidate.record.wishes:
                assert len(set(ranked)) == len(ranked)


@settings(deadline=None, max_examples=several(60))  # a shared machine; a reading takes some 20 ms
@given(rows=st.lists(st.lists(CELL, min_size=11, max_size=11), max_size=8))
def test_a_file_read_again_after_its_import_holds_nobody_new(rows):
    reading = read(*rows)
    answers = {doubt.key: doubt.proposed or doubt.choices[0][0] for doubt, _rows in reading.questions}
    settled = read(*rows, answers=answers)

    again = read(*rows, answers=answers, known=as_known(settled))

    assert [c for c in again.candidates if c.verdict == "changed"] == []
    assert [c.record for c in again.candidates if c.verdict == "new" and not c.waiting] == []


@given(st.text())
def test_readers_of_one_cell_never_raise(text):
    cleaned = clean(text)
    assert "\x00" not in cleaned
    read_email(cleaned)
    read_moment(cleaned, PARIS)
    read_yes(cleaned, cleaned)
    split_name(cleaned)
    phone_key(cleaned)


def test_guillemets_do_not_stand_in_guillemets():
    tfpb = "Abattement TFPB et « territoire commun »"
    one = read(row(email="a@exemple.fr", morning="Le village des solidarités"))
    again = read(row(email="a@exemple.fr", morning=tfpb, phone="0611223344"), known=as_known(one))
    twice = read(row(morning=tfpb, morning_2=tfpb))

    said = doubt_of(again, "person").sentence
    assert "téléphone vide → « 0611223344 »" in said
    assert "vœux « Le village des solidarités » → « Abattement TFPB et “territoire commun” »" in said
    assert doubt_of(twice, "wishes").sentence == "« Abattement TFPB et “territoire commun” » est demandé deux fois."

"""What each seat sees, against rules written by hand; and proof that a view that leaks is found."""

import importlib
import json
from typing import Any

import pytest

from facilitation import (
    Audience,
    Moment,
    Seat,
    State,
    TableSpec,
    audience,
    boards,
    forms,
    leading,
    shipped_methods,
    start,
    touched,
    view,
    view_audience,
    view_own,
)
from tests.facilitation.playing import Canary, Play, codev, find_leaks, may_see, play_codev

view_module = importlib.import_module("facilitation.view")  # the package gives the function of that name

NAMES = {"lise": "Lise", "paul": "Paul", "ana": "Ana", "omar": "Omar", "rosa": "Rosa", "ivan": "Ivan"}


def play_with_canaries(until: str = "cloture") -> tuple[Play, list[Canary]]:
    """Everybody types something of their own at each step, at both tables."""
    play = play_codev()
    canaries: list[Canary] = []

    def typed(seat: str, what: str) -> str:
        text = f"canari-{len(canaries):03d}-{seat}"
        canaries.append(Canary(text, what, seat, play.state.seats[seat].table))
        return text

    for seat in NAMES:
        play.do(seat, "rename", name=typed(seat, "name"))
    steps: dict[str, list[tuple[str, str]]] = {
        "sujet": [("paul", "subject"), ("ana", "subject"), ("rosa", "subject"), ("ivan", "subject")],
        "presentation": [("paul", "headline"), ("paul", "ask"), ("rosa", "headline"), ("omar", "note")],
        "clarification": [("ana", "question"), ("ivan", "question"), ("omar", "question")],
        "demande": [("paul", "request_statement"), ("ana", "restatement"), ("rosa", "request_statement")],
        "reactions": [("ana", "idea"), ("omar", "idea"), ("ivan", "idea")],
        "feedback": [("ana", "witness"), ("omar", "note"), ("ivan", "witness")],
        "cloture": [("paul", "felt"), ("ana", "learned"), ("ivan", "learned")],
    }
    for stage, cards in steps.items():
        play.go(stage)
        for seat, kind in cards:
            card = play.do(seat, "write", kind=kind, text=typed(seat, "card"))
            if kind == "question":
                porteur = "paul" if play.state.seats[seat].table == 1 else "rosa"
                play.do(porteur, "write", kind="answer", text=typed(porteur, "card"), parent=card)
            if kind == "idea":
                play.do("paul" if play.state.seats[seat].table == 1 else "rosa", "mark", card=card, mark="retained")
        if stage in ("feedback", "cloture"):
            for porteur in ("paul", "rosa"):
                play.do(porteur, "fill", field="first_step", value=typed(porteur, "sheet"))
                play.do(porteur, "release", sentence=typed(porteur, "release"))
        assert find_leaks(play.state, canaries) == []
        if stage == until:
            break
    return play, canaries


def test_no_text_is_where_its_method_forbids_it_at_any_step_and_after_the_end() -> None:
    play, canaries = play_with_canaries()
    for stage in ("reactions", "sujet", "clarification"):
        play.go(stage)
        assert find_leaks(play.state, canaries) == []
    play.do("lise", "look_at", table=2)
    assert find_leaks(play.state, canaries) == []
    play.do("lise", "close")
    assert find_leaks(play.state, canaries) == []


def test_oracle_has_something_to_find_each_canary_is_seen_by_somebody() -> None:
    """An absence proves nothing if the text is nowhere: each is read by its own table while its step is on."""
    play, canaries = play_with_canaries("reactions")
    for canary in (canary for canary in canaries if canary.what == "card" and canary.table == 1):
        card = next(card for card in play.state.cards.values() if card.text == canary.text)
        play.go(card.stage)
        assert canary.text in json.dumps(view(play.state, "omar"), ensure_ascii=False), card
        assert canary.text in json.dumps(view(play.state, "lise"), ensure_ascii=False), card


def leak_all_cards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boards, "visible", lambda state, rule, group, sees: iter(state.cards.values()))


def leak_to_screens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view_module, "_sees", lambda state, role: "all")


def leak_names_to_screens(monkeypatch: pytest.MonkeyPatch) -> None:
    true_table = view_module._table

    def table(state: State, group: Audience, people: list[Seat], *, leads: bool) -> Any:
        seen = Audience("contributor", group.table or 1)
        return true_table(state, seen, people or list(state.at_table(seen.table)), leads=leads)

    monkeypatch.setattr(view_module, "_table", table)


def leak_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view_module, "sheet_view", lambda state, seat: dict(state.sheets))


def leak_headlines(monkeypatch: pytest.MonkeyPatch) -> None:
    true_tables = leading.tables

    def tables(state: State, group: Audience, *, reads: bool) -> Any:
        return true_tables(state, Audience("facilitator", group.table or 1), reads=True)

    monkeypatch.setattr(leading, "tables", tables)


@pytest.mark.parametrize("leak", [leak_all_cards, leak_to_screens, leak_names_to_screens, leak_sheet, leak_headlines])
def test_view_that_leaks_is_found(leak: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    play, canaries = play_with_canaries("feedback")
    leak(monkeypatch)
    assert find_leaks(play.state, canaries)


def test_ideas_never_show_their_author_not_even_typed_for_somebody() -> None:
    play = play_codev()
    play.go("reactions")
    play.do("ana", "write", kind="idea", text="Une idée")
    play.do("lise", "write", kind="idea", text="Une autre", **{"for": "omar"})
    for stage in ("reactions", "feedback"):
        play.go(stage)
        for seat in ("paul", "omar", "lise"):
            board = next(board for board in view(play.state, seat)["shared"]["boards"] if board["id"] == "idea")
            assert [(card["author"], card["typed_by"]) for card in board["cards"]] == [(None, None), (None, None)]


def test_questions_show_their_author_and_who_typed() -> None:
    play = play_codev()
    play.go("clarification")
    play.do("lise", "write", kind="question", text="Qui ?", **{"for": "ana"})
    card = view(play.state, "paul")["shared"]["boards"][0]["cards"][0]
    assert (card["author"], card["typed_by"]) == ("Ana", "Lise")


def test_kept_ideas_change_nothing_for_others_until_the_porteur_says_so() -> None:
    play = play_codev()
    play.go("reactions")
    card = play.do("ana", "write", kind="idea", text="Une idée")
    others = [seat for seat in play.state.seats if seat != "paul"]

    def seen() -> list[dict]:
        views = [view(play.state, seat) for seat in others]
        for one in views:
            del one["shared"]["number"]
        return views

    before = seen()
    play.do("paul", "mark", card=card, mark="retained")
    assert seen() == before
    assert view(play.state, "paul")["own"]["marks"] == {"retained": [card]}
    assert view(play.state, "paul")["own"]["sheet"]["lines"][-1]["items"] == [{"id": card, "text": "Une idée"}]
    play.go("feedback")
    play.do("paul", "reveal", mark="retained")
    shown = view(play.state, "ana")["shared"]["boards"][-1]["cards"][0]
    assert (shown["marks"], shown["marked"]) == ({"retained": 1}, ["Gardée"])
    play.do("paul", "reveal", mark="retained", on=False)
    assert view(play.state, "ana")["shared"]["boards"][-1]["cards"][0]["marks"] == {}


def test_any_mark_is_counted_in_words_under_its_card() -> None:
    """A method calls its marks as it likes: none may stay uncounted on every screen."""
    play = Play(start(shipped_methods()["presentation-experience"]))
    play.do("lise", "join", name="Lise", role="facilitator")
    for seat in ("ana", "paul", "zoe"):
        play.do(seat, "join", name=seat)
    play.do("lise", "open")
    play.do("lise", "advance", **{"from": "expose"})
    card = play.do("ana", "write", kind="question", text="Qui a décidé ?")
    play.do("paul", "mark", card=card, mark="same")
    play.do("zoe", "mark", card=card, mark="same")
    for seat in ("ana", "lise"):
        assert view(play.state, seat)["shared"]["boards"][0]["cards"][0]["marked"] == ["J’ai la même question : 2"]


def test_equal_audiences_get_equal_bytes() -> None:
    play, _canaries = play_with_canaries()
    for stage in ("sujet", "clarification", "reactions", "cloture"):
        play.go(stage)
        seen: dict[Audience, str] = {}
        for seat in [*play.state.seats, "nobody", "noone"]:
            group = audience(play.state, seat)
            sent = json.dumps(view(play.state, seat)["shared"], ensure_ascii=False)
            assert seen.setdefault(group, sent) == sent
        assert audience(play.state, "nobody") == audience(play.state, "noone")


def test_waiting_room_shows_who_is_at_ones_table() -> None:
    play = play_codev()
    shared = view(play.state, "ana")["shared"]
    assert (shared["status"], shared["stage"]) == ("waiting", None)
    assert [person["name"] for person in shared["table"]["people"]] == ["Paul", "Ana", "Omar"]
    assert view(play.state, "nobody")["shared"]["table"] is None


def test_screens_see_step_clock_and_counts_only() -> None:
    play, _canaries = play_with_canaries("reactions")
    for seat in ("wall", "desk"):
        seen = view(play.state, seat)
        shared = seen["shared"]
        assert shared["stage"]["id"] == "reactions"
        assert shared["clock"]["ends_at"] == play.state.ends_at
        assert shared["counts"]["idea"] == 3  # both tables
        assert shared["boards"] == []
        assert shared["controls"] == []
        assert [(line["people"], line["headline"]) for line in shared["tables"]] == [(3, None), (2, None)]
        assert seen["own"]["forms"] == []


def test_steps_are_five_and_the_optional_ones_have_no_number() -> None:
    play = play_codev()
    play.go("demande")
    steps = view(play.state, "ana")["shared"]["steps"]
    assert [step["number"] for step in steps] == [1, 2, 3, None, 4, 5, None]
    assert [step["state"] for step in steps] == ["done", "done", "done", "now", "todo", "todo", "todo"]


def test_prompter_has_words_for_every_stage_and_nobody_else_sees_them() -> None:
    play = play_codev()
    for stage in codev().stages:
        play.go(stage)
        prompts = view(play.state, "lise")["shared"]["prompts"]
        assert all(prompts[key] for key in ("say", "watch", "avoid"))
        assert view(play.state, "ana")["shared"]["prompts"] == {"say": [], "watch": [], "avoid": []}


def test_every_role_has_a_rule_at_every_stage() -> None:
    method = codev()
    for stage in method.stages.values():
        for role in method.roles:
            assert 10 < len(stage.rule(role)) < 90, (stage.id, role)


def test_facilitator_is_told_how_many_have_not_written_and_when_the_table_is_small() -> None:
    play = play_codev()
    play.go("reactions")
    assert view(play.state, "lise")["shared"]["notices"] == [
        "3 personnes à cette table : cette méthode en demande 5 au moins.",
        "2 personnes n’ont pas encore écrit.",
    ]
    assert view(play.state, "lise")["shared"]["awaited"] == "2 personnes n’ont pas encore écrit."
    play.do("ana", "write", kind="idea", text="Une idée")
    assert view(play.state, "lise")["shared"]["notices"][-1] == "1 personne n’a pas encore écrit."
    assert view(play.state, "ana")["shared"]["notices"] == []


def test_controls_are_those_that_would_be_accepted_now() -> None:
    play = play_codev()
    assert view(play.state, "lise")["shared"]["controls"] == ["open", "close"]
    play.do("lise", "open")
    assert view(play.state, "lise")["shared"]["controls"] == ["advance", "extend", "pause", "close"]
    play.go("presentation")
    play.do("lise", "pause")
    assert view(play.state, "lise")["shared"]["controls"] == ["advance", "back", "extend", "resume", "close"]
    play.do("lise", "close")
    assert view(play.state, "lise")["shared"]["controls"] == ["reopen"]
    assert view(play.state, "paul")["shared"]["controls"] == []


def test_picture_is_of_ones_own_table() -> None:
    play, canaries = play_with_canaries("reactions")
    names = {canary.seat: canary.text for canary in canaries if canary.what == "name"}
    picture = view(play.state, "ana")["shared"]["picture"]
    assert picture["porteur"] == names["paul"]
    assert picture["contributors"] == [names["ana"], names["omar"]]
    assert picture["solutions"] == 2
    headline = next(card.text for card in play.state.cards.values() if card.kind == "headline" and card.table == 1)
    assert picture["action"] == view(play.state, "ana")["shared"]["headline"] == headline
    assert view(play.state, "wall")["shared"]["picture"]["porteur"] is None


def test_page_holds_every_form_of_a_role_and_the_view_says_which_are_on() -> None:
    method = codev()
    whole = {form["id"]: form for form in forms(method, "contributor")}
    play = play_codev()
    play.go("clarification")
    now = view_own(play.state, "ana")["forms"]
    assert [form["id"] for form in now] == ["clarification-question"]
    assert whole["clarification-question"] == now[0]
    assert "il faut" in now[0]["hint_words"]
    assert "étape 4" in now[0]["hint"]
    assert {form["move"] for form in forms(method, "porteur")} == {"write", "fill", "release"}
    assert forms(method, "projector") == forms(method, "facilitator") == []


def test_reply_form_names_the_cards_it_may_answer() -> None:
    play = play_codev()
    play.go("clarification")
    card = play.do("ana", "write", kind="question", text="Qui ?")
    play.do("ivan", "write", kind="question", text="Ailleurs ?")
    form = view_own(play.state, "paul")["forms"][0]
    assert (form["answers"], form["parents"]) == (["question"], [{"id": card, "text": "Qui ?"}])


def test_view_has_always_the_same_keys() -> None:
    play, _canaries = play_with_canaries("sujet")
    shared, own = set(view(play.state, "ana")["shared"]), set(view(play.state, "ana")["own"])
    for seat in [*play.state.seats, "nobody"]:
        seen = view(play.state, seat)
        assert (set(seen["shared"]), set(seen["own"])) == (shared, own)
        assert view_audience(play.state, audience(play.state, seat)) == seen["shared"]


def test_oracle_itself_tells_the_groups_apart() -> None:
    play = play_codev()
    card = Canary("x", "card", "ana", 1)
    assert [seat for seat in play.state.seats if may_see(play.state, seat, card)] == ["lise", "paul", "ana", "omar"]
    sheet = Canary("x", "sheet", "paul", 1)
    assert [seat for seat in play.state.seats if may_see(play.state, seat, sheet)] == ["paul"]


def test_sheet_is_its_holders_and_a_new_porteur_begins_a_new_one() -> None:
    play = play_codev()
    play.go("feedback")
    play.do("paul", "fill", field="first_step", value="Téléphoner")
    assert [seat for seat in play.state.seats if view_own(play.state, seat)["sheet"]] == ["paul", "rosa"]
    play.do("lise", "give_role", seat="ana", role="porteur")
    assert view_own(play.state, "paul")["sheet"] is None
    assert [field["value"] for field in view_own(play.state, "ana")["sheet"]["fields"]] == ["", "", "", ""]


def test_porteur_may_still_fill_and_release_after_the_end_others_have_no_form_left() -> None:
    play, _canaries = play_with_canaries("cloture")
    play.do("lise", "close")
    left = {seat: [form["move"] for form in view(play.state, seat)["own"]["forms"]] for seat in ("paul", "ana", "omar")}
    assert left["ana"] == left["omar"] == []
    assert set(left["paul"]) == {"fill", "release"}
    play.do("paul", "fill", field="first_step", value="Un café")
    play.do("paul", "release", sentence="Commencer petit.")
    play.do("paul", "withdraw")


def test_wall_says_how_the_room_is_cut_and_never_who_is_where() -> None:
    method = shipped_methods()["un-deux-quatre-tous"]
    play = Play(start(method, tables=(TableSpec(1), TableSpec(2))))
    for seat, role in (("lise", "facilitator"), ("wall", "projector")):
        play.do(seat, "join", name=seat.title(), role=role)
    for number in range(9):
        play.do(f"s{number}", "join", name=f"Prénom{number}", table=1 + number % 2)

    def cut() -> str:
        seen = view(play.state, "wall")["shared"]
        assert (seen["group"], seen["groups"]) == (None, [])
        assert "Prénom" not in json.dumps(seen, ensure_ascii=False)
        assert {len(view(play.state, seat)["shared"]["cut"]) for seat in ("lise", "s0", "nobody")} == {0}
        return ", ".join(seen["cut"])

    assert cut() == ""
    play.do("lise", "open")
    assert cut() == ""
    play.do("lise", "advance")
    assert cut() == "3 groupes de 2 personnes, 1 groupe de 3 personnes"
    assert view(play.state, "lise")["shared"]["groups"][0] == {
        "number": 1,
        "people": 3,
        "words": "Groupe 1 : 3 personnes",
        "names": ["Prénom0", "Prénom2", "Prénom4"],
    }
    play.do("s6", "leave")
    assert cut() == "2 groupes de 2 personnes, 1 groupe de 1 personne, 1 groupe de 3 personnes"
    play.do("lise", "own_clock", table=2)
    assert cut() == "1 groupe de 1 personne, 1 groupe de 3 personnes"  # a table that runs itself is at its own step
    play.do("lise", "advance")
    assert cut() == "1 groupe de 4 personnes"
    play.do("lise", "close")
    assert cut() == ""


def test_what_tables_share_is_not_shared_with_one_that_runs_itself() -> None:
    play = Play(start(shipped_methods()["un-deux-quatre-tous"], tables=(TableSpec(1), TableSpec(2))))
    play.do("lise", "join", name="Lise", role="facilitator")
    for seat, table in (("ana", 1), ("omar", 2)):
        play.do(seat, "join", name=seat.title(), table=table)
    play.do("lise", "open")
    play.do("lise", "own_clock", table=2)
    play.do("lise", "look_at", table=1)
    play.do("lise", "advance")
    moment: Moment = {}
    groups = [audience(play.state, seat) for seat in ("ana", "omar")]
    steps = [view_audience(play.state, group, moment)["stage"]["step"] for group in groups]
    assert len(set(steps)) == 2
    assert steps == [view_audience(play.state, group)["stage"]["step"] for group in groups]


def test_chosen_subject_that_is_hidden_is_on_no_screen_but_its_author_s() -> None:
    play = play_codev()
    play.go("sujet")
    card = play.do("ana", "write", kind="subject", text="canari", decline=True)
    play.do("lise", "choose", card=card)
    assert "canari" in json.dumps(view(play.state, "paul"))
    play.do("lise", "hide", card=card)
    for seat in ("paul", "omar", "rosa", "wall", "desk"):
        assert "canari" not in json.dumps(view(play.state, seat)), seat
    assert "canari" in json.dumps(view(play.state, "ana")["own"])
    play.do("lise", "hide", card=card, on=False)
    assert "canari" in json.dumps(view(play.state, "paul"))


def test_own_views_that_a_move_spares_are_what_they_were() -> None:
    """A card touches its author, who may answer it, and the holder of the sheet it fills; the clock touches nobody."""
    play = play_codev()
    play.do("lise", "give_role", seat="paul", role="contributor")  # no sheet is held
    play.go("clarification")
    before = play.state
    play.do("lise", "extend", seconds=60)
    assert [seat for seat in before.seats if not touched(before, play.state).spares(seat)] == ["lise", "wall", "desk"]
    before = play.state
    play.do("ana", "write", kind="question", text="Pourquoi ?")
    since = touched(before, play.state)
    assert not since.spares("ana")
    assert since.spares("ivan")
    changed = {seat for seat in play.state.seats if view_own(before, seat) != view_own(play.state, seat)}
    assert changed == {"ana", "omar"}  # the note taker may write the answer
    assert not since.spares("omar")


def test_card_touches_the_forms_that_offer_to_answer_it_and_the_sheet_it_fills() -> None:
    play = play_codev()
    play.go("demande")
    before = play.state
    play.do("ana", "write", kind="restatement", text="Si je comprends")
    assert touched(before, play.state).spares("omar")
    play.go("clarification")
    before = play.state
    card = play.do("ana", "write", kind="question", text="Pourquoi ?")
    assert view_own(before, "paul") != view_own(play.state, "paul")
    assert not touched(before, play.state).spares("paul")
    play.go("reactions")
    card = play.do("omar", "write", kind="idea", text="Une idée")
    play.do("paul", "mark", card=card, mark="retained")
    before = play.state
    play.do("omar", "edit", card=card, text="Une autre idée")
    assert view_own(before, "paul") != view_own(play.state, "paul")
    assert not touched(before, play.state).spares("paul")
    assert touched(before, play.state).spares("ana")


def test_names_of_a_crowd_are_on_nobodys_phone() -> None:
    """A thousand people at one table: their number is said, and no phone carries their names as they come in."""
    play = play_codev(tables=1)
    play.go("feedback")
    for number in range(boards.MOST_NAMED):
        play.do(f"s{number}", "join", name=f"Foule-{number:03d}")
    shared = view(play.state, "ana")["shared"]
    assert shared["table"]["present"] == boards.MOST_NAMED + 3
    assert "Foule" not in json.dumps(shared)

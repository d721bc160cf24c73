"""Rooms that were played, for the tests of documents: a debate, a pot and an evaluation."""

from facilitation import TableSpec, kept_cards, shipped_methods, start, story
from maillage.live.story import RoomStory
from tests.facilitation.playing import Play

PEOPLE = [f"p{number}" for number in range(1, 9)]


def begun(method: str, *, tables: int = 1) -> Play:
    play = Play(
        start(shipped_methods()[method], tables=tuple(TableSpec(n, f"Table {n}") for n in range(1, tables + 1)))
    )
    play.do("lise", "join", name="Lise", role="facilitator")
    play.do("wall", "join", name="", role="projector")
    for number, person in enumerate(PEOPLE):
        play.do(person, "join", name=f"nomcanari-{person}", table=1 + number % tables)
    play.do("lise", "open", salt="sel")
    return play


def go_to(play: Play, stage: str, number: int = 1) -> None:
    """To a stage, at one of its rounds."""
    step = stage if number == 1 else f"{stage}.{number}"
    while play.state.step != step:
        play.do("lise", "advance", **{"from": play.state.step})


def told(play: Play) -> RoomStory:
    return RoomStory(play.state.status, story(play.state), kept_cards(play.state))


def debate() -> RoomStory:
    """Two votes, criteria, and two sentences that whoever leads let out. A third stays in the room."""
    play = begun("coop-ou-pas-coop")
    for stage, votes in (("vote", "ccccpppd"), ("second_vote", "cccccppd")):
        go_to(play, stage)
        for person, vote in zip(PEOPLE, votes, strict=True):
            play.do(person, "answer", stage=stage, value={"c": "coop", "p": "pas_coop", "d": "depend"}[vote])
        play.do("lise", "reveal", step=stage)
    go_to(play, "critere")
    for person in PEOPLE:
        play.do(person, "answer", stage="critere", question="critere", value="1,3")
        play.do(person, "answer", stage="critere", question="autre", value="textecanari")
    play.do("lise", "reveal", step="critere")
    go_to(play, "definition")
    texts = ["Faire ensemble ce que personne ne ferait seul", "Se donner du temps", "cartecanari"]
    for person, text in zip(PEOPLE, texts, strict=False):
        card = play.do(person, "write", kind="definition", text=text, stage="definition")
        if text != "cartecanari":
            play.do("lise", "pin", card=card)
    play.do("lise", "close")
    return told(play)


def pot() -> RoomStory:
    play = begun("pot-du-quartier", tables=2)
    go_to(play, "silence")
    for number, gift in ((1, 4), (2, 7), (3, 9)):
        go_to(play, "silence", number)
        for person in PEOPLE:
            play.do(person, "give", stage="silence", tokens=gift)
    return told(play)

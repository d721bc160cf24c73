"""The library and the editor of methods: what is accepted makes a version, what is refused loses nothing."""

import re
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from facilitation import Move, apply, load_method, shipped_methods, start, view
from maillage.methods import editing, services
from maillage.methods.forms import StageForm
from maillage.methods.models import MethodVersion
from maillage.methods.queries import find_method
from maillage.methods.words import planned_minutes
from maillage.people.models import Space, User
from maillage.people.services import give_right

pytestmark = pytest.mark.django_db


@pytest.fixture
def space() -> Space:
    return Space.objects.create(slug="est", name="Réseau de l’Est")


def _signed_in(space: Space, role: str) -> Client:
    user = User.objects.create_user(f"{role}-{space.slug}@exemple.invalid")
    give_right(user=user, space=space, role=role, by="test")
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def organiser(space) -> Client:
    return _signed_in(space, "organiser")


def _errors(page: str) -> str:
    return page.split('class="errors"')[1].split("</div>")[0]


def test_library_lists_shipped_methods_and_every_page_of_one_opens(organiser, space) -> None:
    assert organiser.get("/methodes/").headers["Location"] == "/methodes/est/"
    page = organiser.get("/methodes/est/").content.decode()
    titles = [page.index(f"/methodes/est/{id_}/") for id_ in ("coop-ou-pas-coop", "evaluation", "chaise-vide")]
    assert titles == sorted(titles)  # É is an E: a dictionary does not send it after Z
    assert "3 à 1\u202f000 personnes" in page
    for method in shipped_methods().values():
        assert f"/methodes/est/{method.id}/" in page
        for path in ("", "modifier/", "modifier/durees/", "modifier/fichier/", "modifier/etapes/nouvelle/", "copie/"):
            assert organiser.get(f"/methodes/est/{method.id}/{path}").status_code == 200, (method.id, path)
        for stage in method.stages:
            assert organiser.get(f"/methodes/est/{method.id}/modifier/etapes/{stage}/").status_code == 200
        for role in method.roles:
            assert organiser.get(f"/methodes/est/{method.id}/modifier/roles/{role}/").status_code == 200
        for kind in method.kinds:
            assert organiser.get(f"/methodes/est/{method.id}/modifier/cartes/{kind}/").status_code == 200


def test_who_may(organiser, space) -> None:
    assert Client().get("/methodes/est/codev/").status_code == 302
    reader = _signed_in(space, "reader")
    assert reader.get("/methodes/est/codev/").status_code == 200
    assert reader.get("/methodes/est/codev/modifier/").status_code == 403
    assert reader.post("/methodes/est/codev/copie/", {"title": "x"}).status_code == 403
    other = _signed_in(Space.objects.create(slug="ouest", name="Ouest"), "organiser")
    assert other.get("/methodes/est/codev/").status_code == 404
    assert other.post("/methodes/est/codev/modifier/fichier/", {"source": "x"}).status_code == 404


@pytest.mark.parametrize("method", sorted(shipped_methods()))
def test_a_stage_saved_as_it_was_changes_nothing_but_what_was_typed(space, method) -> None:
    """Each stage of each shipped method goes through the form and keeps its meaning."""
    read = shipped_methods()[method]
    for stage in read.stages.values():
        initial = StageForm.of(read, stage)
        given = {name: value for name, value in initial.items() if value not in (None, False)}
        form = StageForm(given | {"title": "Un autre titre"}, method=read, stage=stage, initial=initial)
        assert form.is_valid(), form.errors
        text = editing.change_stage(read.source, stage.id, form.facts)
        changed = load_method(text, name="x").stages[stage.id]
        assert changed.title == "Un autre titre"
        for role in read.roles:
            assert (role, changed.rule(role)) == (role, stage.rule(role))
        same = {
            "title": stage.title,
            "rules": stage.rules,
        }  # one rule for all may be written for each, and says the same
        assert replace(changed, **same) == stage


def test_adapting_a_shipped_method_makes_the_space_its_own_version(organiser, space) -> None:
    shipped = shipped_methods()["codev"]
    facts = {"title": "Porteuse", "rule": "R", "max": "1"}
    answer = organiser.post("/methodes/est/codev/modifier/roles/porteur/", facts)
    assert answer.status_code == 302
    known = find_method(space, "codev")
    assert known is not None
    assert known.version is not None
    assert (known.method.roles["porteur"].title, known.version.version) == ("Porteuse", shipped.version + 1)
    assert known.method.source.count("#") == shipped.source.count("#")  # the comments of the file are kept
    organiser.post("/methodes/est/codev/modifier/roles/porteur/", facts)
    assert MethodVersion.objects.filter(space=space).count() == 1  # the same again makes no version
    page = organiser.get(f"/methodes/est/codev/versions/{known.version.pk}/").content.decode()
    assert "Porteuse" in page


def test_stages_are_added_moved_and_removed(organiser, space) -> None:
    order = list(shipped_methods()["codev"].stages)
    organiser.post(
        "/methodes/est/codev/modifier/etapes/nouvelle/", {"title": "Pause café", "minutes": "10", "after": order[1]}
    )
    assert list(find_method(space, "codev").method.stages) == [*order[:2], "pause_cafe", *order[2:]]
    organiser.post("/methodes/est/codev/modifier/etapes/pause_cafe/ordre/", {"vers": "haut"})
    assert list(find_method(space, "codev").method.stages) == [order[0], "pause_cafe", *order[1:]]
    assert organiser.get("/methodes/est/codev/modifier/etapes/pause_cafe/retrait/").status_code == 200
    organiser.post("/methodes/est/codev/modifier/etapes/pause_cafe/retrait/")
    assert list(find_method(space, "codev").method.stages) == order


def test_the_file_is_refused_with_its_line_and_kept_in_the_page(organiser, space) -> None:
    source = shipped_methods()["codev"].source.replace('activity = "cards"', 'activity = "cardes"', 1)
    line = source[: source.index('"cardes"')].count("\n") + 1
    answer = organiser.post("/methodes/est/codev/modifier/fichier/", {"source": source})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"ligne {line}" in _errors(page)
    assert "cardes" in page.split("<textarea")[1]
    assert not MethodVersion.objects.filter(space=space).exists()
    problems = organiser.post("/methodes/est/codev/modifier/fichier/verification/", {"source": source}).json()[
        "problems"
    ]
    assert [problem["line"] for problem in problems] == [line]


def test_checking_keeps_nothing(organiser, space) -> None:
    source = shipped_methods()["codev"].source
    page = organiser.post("/methodes/est/codev/modifier/fichier/", {"source": source + "\n", "do": "check"})
    assert "Rien à corriger" in page.content.decode()
    assert not MethodVersion.objects.filter(space=space).exists()


def test_two_people_at_once_overwrite_nothing_unseen(organiser, space) -> None:
    source = shipped_methods()["codev"].source
    first = services.save_method(space=space, method="codev", source=source + "\n# un", base="", by="Ali")
    late = {"source": source + "\n# deux", "base": "quelque chose d’avant"}
    answer = organiser.post("/methodes/est/codev/modifier/fichier/", late)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "# deux" in page.split("<textarea")[1]
    assert MethodVersion.objects.filter(space=space).count() == 1
    assert f'value="{first.checksum}"' in page
    again = organiser.post("/methodes/est/codev/modifier/fichier/", late | {"base": first.checksum})
    assert again.status_code == 302
    assert find_method(space, "codev").method.source.rstrip().endswith("# deux")


def test_the_name_of_a_method_is_for_ever(organiser, space) -> None:
    source = shipped_methods()["codev"].source.replace('id = "codev"', 'id = "codeve"', 1)
    answer = organiser.post("/methodes/est/codev/modifier/fichier/", {"source": source})
    assert answer.status_code == 422
    assert "dupliquez-la" in _errors(answer.content.decode())


def test_a_copy_has_its_own_name(organiser, space) -> None:
    organiser.post("/methodes/est/codev/copie/", {"title": "Notre codév"})
    answer = organiser.post("/methodes/est/codev/copie/", {"title": "Notre codév"})
    assert answer.headers["Location"] == "/methodes/est/notre-codev-2/modifier/"
    assert find_method(space, "notre-codev").method.title == "Notre codév"


def test_export_then_import_gives_the_same_method(organiser, space) -> None:
    organiser.post("/methodes/est/codev/copie/", {"title": "Notre codev"})
    given = organiser.get("/methodes/est/notre-codev/fichier.toml")
    assert 'filename="notre-codev.toml"' in given.headers["Content-Disposition"]
    other = Space.objects.create(slug="ouest", name="Ouest")
    file = SimpleUploadedFile("recu.toml", given.content)
    answer = _signed_in(other, "organiser").post("/methodes/ouest/import/", {"file": file})
    assert answer.headers["Location"] == "/methodes/ouest/notre-codev/"
    assert find_method(other, "notre-codev").method.stages == find_method(space, "notre-codev").method.stages


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"\xff\xfe\x00", "UTF-8"), (b"id: codev\nstages:\n", "YAML"), (b'id = "x"\n', "roles"), (b"", "")],
)
def test_a_file_that_is_no_method_is_refused_in_words(organiser, space, content, said) -> None:
    answer = organiser.post("/methodes/est/import/", {"file": SimpleUploadedFile("a.toml", content)})
    assert answer.status_code == 422
    assert said in _errors(answer.content.decode())


def test_an_earlier_version_is_taken_up_again(organiser, space) -> None:
    source = shipped_methods()["codev"].source
    first = services.save_method(space=space, method="codev", source=source + "\n# un", base=None, by="Ali")
    services.save_method(space=space, method="codev", source=source + "\n# deux", base=None, by="Ali")
    organiser.post(f"/methodes/est/codev/versions/{first.pk}/")
    newest = find_method(space, "codev").version
    assert newest.source.rstrip().endswith("# un")
    assert newest.version == first.version + 2


def test_minutes_of_each_length(organiser, space) -> None:
    method = shipped_methods()["codev"]
    data = {
        f"{preset.id}.{stage}": str(preset.minutes.get(stage, "")).removesuffix(".0")
        for preset in method.presets.values()
        for stage in method.stages
    } | {f"{preset.id}.": preset.title for preset in method.presets.values()}
    assert organiser.post("/methodes/est/codev/modifier/durees/", data | {"flash.sujet": "480,5"}).status_code == 422
    assert organiser.post("/methodes/est/codev/modifier/durees/", data | {"flash.sujet": "4.5"}).status_code == 302
    changed = find_method(space, "codev").method.presets
    assert changed["flash"].minutes["sujet"] == 4.5
    assert {id_: preset.title for id_, preset in changed.items()} == {
        id_: preset.title for id_, preset in method.presets.items()
    }
    organiser.post("/methodes/est/codev/modifier/durees/", data | {"flash.": "Très court"})
    assert find_method(space, "codev").method.presets["flash"].title == "Très court"
    assert changed["complet"].minutes == method.presets["complet"].minutes


def test_minutes_typed_at_a_stage_are_those_that_are_played(organiser, space) -> None:
    """A method with presets takes its minutes from the usual one: what the form shows and changes is that."""
    method = shipped_methods()["un-deux-quatre-tous"]
    stage, address = method.stages["paires"], "/methodes/est/un-deux-quatre-tous/modifier/"
    typed = {name: value for name, value in StageForm.of(method, stage).items() if value not in (None, False)}
    assert "Vif, 16" in organiser.get(f"{address}etapes/paires/").content.decode()
    organiser.post(f"{address}etapes/paires/", typed | {"minutes": "7"})
    kept = find_method(space, method.id).method
    assert planned_minutes(kept, kept.preset) == planned_minutes(method, method.preset) | {"paires": 7}
    assert kept.presets["pose"] == method.presets["pose"]
    for page in (address, address.removesuffix("modifier/")):
        assert re.search(r"À deux[^<]*(</a>)? <span class=\"soft\">7 min", organiser.get(page).content.decode())
    same = organiser.post(f"{address}etapes/paires/", typed | {"minutes": "7"}, follow=True)
    assert "Rien n’a changé" in same.content.decode()


def test_roles_and_kinds_of_cards_are_added_then_given_rights_at_a_stage(organiser, space) -> None:
    address = "/methodes/est/un-deux-quatre-tous/modifier/"
    before = shipped_methods()["un-deux-quatre-tous"]
    assert organiser.get(f"{address}roles/nouveau/").status_code == 200
    assert organiser.post(f"{address}roles/nouveau/", {"title": ""}).status_code == 422
    for title in ("Gardienne du temps", "Gardienne du temps", "Facilitator"):
        assert organiser.post(f"{address}roles/nouveau/", {"title": title, "rule": "R", "max": "1"}).status_code == 302
    added = ["gardienne_du_temps", "gardienne_du_temps_2", "nom_facilitator"]
    kind = {"title": "Freins", "label": "Un frein", "submit": "Dire", "empty": "Rien.", "max_length": "200"}
    assert organiser.post(f"{address}cartes/nouvelles/", kind).status_code == 302
    kept = find_method(space, before.id).method
    assert list(kept.roles) == [*before.roles, *added]
    assert {kept.sees[role] for role in added} == {before.sees["participant"]}
    assert list(kept.kinds) == [*before.kinds, "freins"]
    assert kept.source.count("#") == before.source.count("#")
    typed = {name: value for name, value in StageForm.of(kept, kept.stages["seul"]).items() if value}
    typed["may-gardienne_du_temps"] = ["write:freins"]
    assert organiser.post(f"{address}etapes/seul/", typed).status_code == 302
    stage = find_method(space, before.id).method.stages["seul"]
    assert stage.allows("gardienne_du_temps", "write", "freins")
    assert not stage.allows("gardienne_du_temps_2", "write", "freins")


def test_what_a_role_sees_is_said_as_it_is_played(organiser, space) -> None:
    """Not named in `sees`, a role sees nothing, and a screen counts: the pages say so."""
    source = shipped_methods()["evaluation"].source.replace('participant = "own"\n', "", 1)
    services.save_method(space=space, method="evaluation", source=source, base=None, by="Ali")
    method = find_method(space, "evaluation").method
    state = start(method)
    for number, (seat, kind) in enumerate((("lead", "join"), ("ana", "join"), ("lead", "open")), 1):
        payload = {"name": seat, "role": "facilitator" if seat == "lead" else "participant"} if kind == "join" else {}
        state = apply(state, Move(number, seat, kind, payload, 0))
    assert "participant" not in method.stages["avis"].sees
    assert view(state, "ana")["shared"]["counts"] == {}
    for page in ("evaluation/", "evaluation/modifier/etapes/avis/"):
        text = organiser.get(f"/methodes/est/{page}").content.decode().replace("\u00a0", " ")
        assert ("Voit rien" in text) or ("comme d’habitude : rien" in text), page


@pytest.mark.parametrize("page", ["", "roles/porteur/", "cartes/answer/", "etapes/sujet/", "durees/", "fichier/"])
def test_a_page_saved_untouched_leaves_the_shipped_method_as_it_is(organiser, space, page) -> None:
    answer = organiser.get(f"/methodes/est/codev/modifier/{page}")
    form = answer.context["form"]
    facts = {bound.html_name: bound.value() for bound in form if bound.value() not in (None, False)}
    answer = organiser.post(f"/methodes/est/codev/modifier/{page}", facts | {"do": "save"}, follow=True)
    assert answer.redirect_chain
    assert "Rien n’a changé" in answer.content.decode()
    assert not MethodVersion.objects.filter(space=space).exists()


def test_a_stage_goes_with_what_others_took_from_it(organiser, space) -> None:
    organiser.post("/methodes/est/coop-ou-pas-coop/modifier/etapes/second_vote/retrait/", {"base": ""})
    method = find_method(space, "coop-ou-pas-coop").method
    assert "second_vote" not in method.stages
    assert [stage.id for stage in method.stages.values() if "second_vote" in stage.sources] == []


def test_the_last_stage_stays_even_from_an_old_page(organiser, space) -> None:
    organiser.post("/methodes/est/evaluation/modifier/etapes/mot/retrait/", {"base": ""})
    base = find_method(space, "evaluation").checksum
    refused = organiser.post("/methodes/est/evaluation/modifier/etapes/avis/retrait/", {"base": base})
    assert refused.status_code == 422
    assert "au moins une étape" in _errors(refused.content.decode())
    assert list(find_method(space, "evaluation").method.stages) == ["avis"]


def test_sections_in_any_order_are_changed_by_the_forms_too(organiser, space) -> None:
    """TOML lets [stages.un] and [stages.deux] stand apart; so does the editor."""
    source = shipped_methods()["coop-ou-pas-coop"].source
    first, *stages = re.split(r"(?m)^(?=\[stages\.[a-z_]+\]$)", source)
    head, *kinds = re.split(r"(?m)^(?=\[decks\.)", first)
    apart = "\n".join([head, stages[0], *kinds, *stages[1:]])
    services.save_method(space=space, method="coop-ou-pas-coop", source=apart, base=None, by="Ali")
    base = find_method(space, "coop-ou-pas-coop").checksum
    page = "/methodes/est/coop-ou-pas-coop/modifier/etapes/second_vote/"
    assert organiser.post(f"{page}retrait/", {"base": base}).status_code == 302
    method = find_method(space, "coop-ou-pas-coop").method
    assert "second_vote" not in method.stages
    stage = next(iter(method.stages.values()))
    nothing = {"rules": {}, "may": {}, "sees": {}, "say": [], "watch": [], "avoid": [], "quiet": None}
    facts = {"title": "Autre", "minutes": 3, "optional": False, **nothing}
    changed = editing.change_stage(method.source, stage.id, facts)
    assert editing.tomlkit.parse(changed)["stages"][stage.id]["title"] == "Autre"
    assert "quiet" not in editing.tomlkit.parse(changed)["stages"][stage.id]


@pytest.mark.parametrize("path", ["copie/", "modifier/"])
def test_a_title_that_turns_the_page_round_is_refused_where_it_was_typed(organiser, space, path) -> None:
    typed = {"title": "Codev \u202e", "summary": "x", "compose": "mixed", "people": "on", "base": ""}
    refused = organiser.post(f"/methodes/est/codev/{path}", typed)
    assert refused.status_code == 422
    assert "U+202E" in _errors(refused.content.decode())
    assert not MethodVersion.objects.filter(space=space).exists()


def test_a_form_that_is_refused_names_the_stage_by_its_title(organiser, space) -> None:
    answer = organiser.post("/methodes/est/coop-ou-pas-coop/modifier/etapes/vote/retrait/", {"base": ""})
    assert answer.status_code == 422
    said = "«\u202fQuel critère nous départage\u202f?\u202f» (for_each.back_to)\u00a0: On ne revient qu"
    assert said in _errors(answer.content.decode())
    assert not MethodVersion.objects.filter(space=space).exists()


def test_stages_are_numbered_as_they_are_played(organiser) -> None:
    for page in ("", "modifier/"):
        shown = organiser.get(f"/methodes/est/codev/{page}").content.decode()
        assert "4. Les réactions" in shown
        assert "4. La demande" not in shown
        assert "La demande" in shown


def test_version_that_this_release_refuses_is_mended_and_breaks_no_page(organiser, space) -> None:
    kept = services.keep_version(source=shipped_methods()["codev"].source, name="codev.toml", space=space)
    broken = kept.source.replace('activity = "cards"', 'activity = "cartes"')  # as if the language had changed since
    MethodVersion.objects.filter(pk=kept.pk).update(source=broken)
    reader, file = _signed_in(space, "reader"), "/methodes/est/codev/modifier/fichier/"
    library = organiser.get("/methodes/est/").content.decode()
    assert "n’est plus lisible" in library
    assert file in library
    assert file not in reader.get("/methodes/est/").content.decode()
    for path in ("", "modifier/", "modifier/durees/", "papier/tout.pdf"):
        assert organiser.get(f"/methodes/est/codev/{path}").headers["Location"] == file, path
    refused = reader.get("/methodes/est/codev/")
    assert refused.status_code == 409
    assert "n’est plus lisible" in refused.content.decode()
    assert organiser.post("/methodes/est/codev/modifier/", {"title": "Codev"}).status_code == 409
    assert organiser.get("/methodes/est/codev/fichier.toml").content.decode() == broken
    assert organiser.get(f"/methodes/est/codev/versions/{kept.pk}/").status_code == 200
    page = organiser.get(file).content.decode()
    assert "plus ancien" in page
    assert "cartes" in _errors(page)
    base = MethodVersion.objects.get(pk=kept.pk).checksum
    organiser.post(file, {"source": shipped_methods()["codev"].source + "\n# à nous\n", "base": base, "do": "save"})
    assert find_method(space, "codev").version.version == kept.version + 1
    assert organiser.get("/methodes/est/codev/").status_code == 200


def test_way_back_to_the_shipped_method_keeps_ones_own_versions(organiser, space) -> None:
    shipped, address = shipped_methods()["codev"], "/methodes/est/codev/versions/livree/"
    assert address not in organiser.get("/methodes/est/codev/").content.decode()  # there is nothing to come back from
    text = shipped.source.replace(shipped.title, "Notre codev", 1)
    own = services.save_method(space=space, method="codev", source=text, base="", by="test")
    MethodVersion.objects.filter(pk=own.pk).update(source="first = 3")
    assert address in organiser.get("/methodes/est/codev/modifier/fichier/").content.decode()
    assert _signed_in(space, "reader").post(address).status_code == 403
    assert organiser.post(address).headers["Location"] == "/methodes/est/codev/"
    newest = find_method(space, "codev")
    assert (newest.method.title, newest.version.version) == (shipped.title, own.version + 1)
    assert MethodVersion.objects.filter(pk=own.pk).exists()
    assert address in organiser.get("/methodes/est/codev/").content.decode()
    organiser.post(address)
    assert find_method(space, "codev").version == newest.version  # twice is once
    assert organiser.post("/methodes/est/inconnue/versions/livree/").status_code == 404

"""Pushed HTML is put in place without disturbing what did not change."""

import pytest
from playwright.sync_api import Page

from .conftest import Room

pytestmark = pytest.mark.browser

PUT = """async ([before, pushed]) => {
  const { replaceById } = await import("/ui/replace-by-id.js");
  const stage = document.createElement("main");
  document.body.append(stage);
  stage.innerHTML = before;
  const first = new Map([...stage.querySelectorAll("[id]")].map((node) => [node.id, node]));
  replaceById(pushed);
  const kept = [...first].filter(([id, node]) => node.isConnected).map(([id]) => id).sort();
  return [stage.innerHTML, kept.join(" ")];
}"""


def list_of(*names: str) -> str:
    return f'<ul id="list">{"".join(f"<li id={name!r}>{name}</li>" for name in names)}</ul>'.replace("'", '"')


@pytest.mark.parametrize(
    ("before", "pushed", "kept"),
    [
        pytest.param(list_of("a", "b"), list_of("a", "b"), "a b list", id="same"),
        pytest.param(list_of("a", "b"), list_of("a", "b", "c"), "a b list", id="added"),
        pytest.param(list_of("a", "b", "c"), list_of("a", "c"), "a c list", id="removed"),
        pytest.param(list_of("a", "b", "c"), list_of("c", "a", "b"), "a b c list", id="sorted"),
        pytest.param(list_of("a", "b"), list_of("n", "b", "m", "a"), "a b list", id="mixed"),
        pytest.param(list_of("a", "b"), list_of(), "list", id="emptied"),
        pytest.param('<p id="x">un <b>deux</b> trois</p>', '<p id="x"><i>0</i>un</p>', "x", id="text"),
        pytest.param('<p id="x" class="old" title="t">1</p>', '<p id="x" class="new" lang="fr">1</p>', "x", id="names"),
        pytest.param('<p id="x">1</p>', '<div id="x">1</div>', "", id="another element"),
        pytest.param('<p id="x"><a id="y">1</a></p>', '<p id="x"><b id="y">1</b></p>', "x", id="another inside"),
    ],
)
def test_the_page_becomes_what_was_pushed(page: Page, room: Room, before: str, pushed: str, kept: str) -> None:
    page.goto(room.url)

    html, still_there = page.evaluate(PUT, [before, pushed])

    # attributes compare as a set: their order means nothing
    same = "([one, two]) => { const t = (h) => Object.assign(document.createElement('template'), { innerHTML: h });"
    assert page.evaluate(same + " return t(one).content.isEqualNode(t(two).content); }", [html, pushed]), html
    assert still_there == kept


def test_an_unknown_id_touches_nothing(page: Page, room: Room) -> None:
    page.goto(room.url)

    assert page.evaluate(PUT, ['<p id="x">1</p>', '<p id="elsewhere">2</p><p>3</p>'])[0] == '<p id="x">1</p>'


def test_an_unfolded_detail_stays_unfolded(page: Page, room: Room) -> None:
    page.goto(room.url)
    before = '<details id="d" open=""><summary>s</summary>1</details>'

    assert page.evaluate(PUT, [before, '<details id="d"><summary>s</summary>2</details>'])[0] == before.replace(
        "1", "2"
    )


def test_pushed_html_runs_nothing(page: Page, room: Room) -> None:
    page.goto(room.url)

    page.evaluate(PUT, ['<p id="x">1</p>', '<p id="x"><img src="data:," onerror="window.ran = 1"></p>'])
    page.evaluate(PUT, ['<p id="y">1</p>', '<p id="y"><script>window.ran = 1</script></p>'])

    assert page.evaluate("[window.ran, document.querySelector('#y script') !== null]") == [None, True]

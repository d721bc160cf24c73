"""The live page's own client, in a real browser under the real CSP, against a server that fails on demand."""

from importlib import import_module
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .conftest import UI, Room

pytestmark = pytest.mark.browser

HIDE = """hidden => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def view(step: int) -> str:
    return (
        f'<section id="step">étape {step}</section>'
        f'<ul id="cards"><li id="c1"><span>{step}</span><button type="button" id="keep">je garde</button></li></ul>'
    )


def open_page(page: Page, room: Room) -> None:
    page.goto(room.url)
    room.wait_open(1)
    expect(page.locator("#states")).to_have_text("online")


def shows(page: Page, step: int) -> None:
    expect(page.locator("#step")).to_have_text(f"étape {step}", timeout=10_000)
    expect(page.locator("#c1 span")).to_have_text(str(step))


def test_one_message_changes_several_elements_and_no_typed_text(page: Page, room: Room) -> None:
    open_page(page, room)
    page.fill("#text", "bonjour le monde")
    page.evaluate("document.querySelector('#text').setSelectionRange(3, 7)")

    room.push(view(1))

    shows(page, 1)
    text = (
        "(({ value, selectionStart, selectionEnd }) => [value, selectionStart, selectionEnd])(document.activeElement)"
    )
    assert page.evaluate(text) == ["bonjour le monde", 3, 7]
    expect(page.locator("#states")).to_have_text("online")  # and no "csp:" beside it


def test_a_button_pressed_while_its_list_is_pushed_gets_its_click(page: Page, room: Room) -> None:
    open_page(page, room)
    room.push(view(1))
    shows(page, 1)
    page.hover("#keep")

    page.mouse.down()
    room.push(view(2))
    shows(page, 2)
    page.mouse.up()

    expect(page.locator("#clicks")).to_have_text("1")
    page.focus("#keep")
    room.push(view(3))
    shows(page, 3)
    assert page.evaluate("document.activeElement.id") == "keep"


def test_after_a_restart_the_page_asks_for_what_it_missed(page: Page, room: Room) -> None:
    open_page(page, room)
    room.push(view(1))
    shows(page, 1)

    room.stop()
    expect(page.locator("#states")).to_have_text("online reconnecting")
    room.push(view(2))
    room.start()

    shows(page, 2)
    assert set(room.asked) == {"stream 0", "stream 1"}
    expect(page.locator("#states")).to_have_text("online reconnecting online")


@pytest.mark.parametrize("mode", ["503", "portal"])
def test_a_first_connection_that_fails_is_tried_again(page: Page, room: Room, mode: str) -> None:
    room.mode = mode
    page.goto(room.url)
    room.wait("stream 0", times=2)
    expect(page.locator("#states")).to_have_text("reconnecting")

    room.mode = "ok"
    room.push(view(1))

    shows(page, 1)


def test_ten_seconds_without_contact_are_said(page: Page, room: Room) -> None:
    room.mode = "503"
    page.goto(room.url)
    expect(page.locator("#states")).to_have_text("reconnecting")

    page.clock.fast_forward(10_001)

    expect(page.locator("#states")).to_have_text("reconnecting offline")


@pytest.mark.parametrize("status", ["401", "403", "404", "410"])
def test_a_final_refusal_is_said_and_not_asked_again(page: Page, room: Room, status: str) -> None:
    room.mode = status
    page.goto(room.url)
    expect(page.locator("#states")).to_have_text(f"ended{status}")

    page.clock.fast_forward(60_000)
    page.evaluate(HIDE, True)
    page.evaluate(HIDE, False)
    page.evaluate("fetch('/live/12/since/99')")  # one trip to the server and back, so a second try would be seen
    room.wait("since 99")

    assert room.asked == ["stream 0", "since 99"]


def test_where_streams_do_not_pass_the_page_polls(page: Page, room: Room) -> None:
    room.mode = "mute"
    page.goto(room.url)
    room.wait_open(1)

    page.clock.fast_forward(8_001)
    room.wait("since 0")
    expect(page.locator("#states")).to_have_text("online")
    room.push(view(1))
    page.clock.fast_forward(4_000)
    shows(page, 1)
    page.clock.fast_forward(4_000)
    room.wait("since 1")

    room.mode = "ok"
    page.clock.fast_forward(60_000)  # streams get another chance
    room.wait("stream 1")


def test_a_silent_line_is_given_up_and_taken_again(page: Page, room: Room) -> None:
    open_page(page, room)
    page.clock.fast_forward(30_000)
    room.say(b": beat\n\n")
    room.push(view(1))
    shows(page, 1)
    page.clock.fast_forward(30_000)  # a minute in all, but heard in between
    assert room.asked == ["stream 0"]

    page.clock.fast_forward(10_001)

    room.wait("stream 1")


def test_a_hidden_page_holds_its_stream_thirty_seconds_and_comes_back(page: Page, room: Room) -> None:
    open_page(page, room)
    page.evaluate(HIDE, True)
    page.clock.fast_forward(29_000)
    room.push(view(1))
    shows(page, 1)

    page.clock.fast_forward(1_001)
    room.wait_open(0)
    room.push(view(2))
    page.evaluate(HIDE, False)

    shows(page, 2)
    assert room.asked == ["stream 0", "stream 1"]


def test_a_message_cut_in_the_middle_is_asked_for_again(page: Page, room: Room) -> None:
    open_page(page, room)
    room.number, room.html = 1, view(1)

    room.say(room.event()[:40])
    room.cut()

    room.wait("stream 0", times=2)
    shows(page, 1)


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_the_parser_does_not_mind_where_the_network_cuts(page: Page, room: Room, size: int) -> None:
    page.goto(room.url)
    wire = (
        ": here\n\nid: 4\nevent: view\ndata: <p>un: deux</p>\ndata:trois\n\nevent: beat\r\ndata: 17\r\n\r\ndata: lost"
    )

    got = page.evaluate(
        """async ([wire, size]) => {
          const { parser } = await import("/ui/live-stream.js");
          const got = [];
          const feed = parser((message) => got.push([message.id ?? null, message.event, message.data]));
          for (let at = 0; at < wire.length; at += size) feed(wire.slice(at, at + size));
          return got;
        }""",
        [wire, size],
    )

    assert got == [["4", "view", "<p>un: deux</p>\ntrois"], [None, "beat", "17"]]


def test_phones_come_back_over_the_time_the_server_asked_for(page: Page, room: Room) -> None:
    page.add_init_script("Math.random = () => 1;")  # whoever draws the longest wait
    open_page(page, room)
    room.say(b"retry: 2500\n: \n\n")
    room.push(view(1))  # so that what came before has been read
    shows(page, 1)

    before = page.evaluate("performance.now()")
    room.cut()
    room.wait("stream 1", times=1)

    assert page.evaluate("performance.now()") - before > 2_400


def test_both_modules_stay_small() -> None:
    brotli = import_module("brotli")  # it has no type stubs

    def weight(path: Path) -> int:
        return len(brotli.compress(path.read_bytes()))

    assert weight(UI / "live-stream.js") + weight(UI / "replace-by-id.js") <= 4_096

"""Every address, asked by everybody: what the answer is, what it may be, and the difference in words."""

import http.cookies
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from maillage.config.rights import Address, addresses
from maillage.lib.needs import Need
from maillage.live import runtime, seats
from maillage.people.models import User
from tests.rights.world import World, cookies_of

ANONYMOUS, STRANGER, OF_ANOTHER_DAY, SEATED, LEADING, REVOKED = (
    "anonymous",
    "stranger",  # organises the other space
    "of another day",  # welcomes and facilitates at another gathering of this space, and has no other role
    "seated",  # has a place in this space's room
    "leading",  # leads it
    "revoked",  # had a place there
)
ROLES = ("reader", "desk", "facilitator", "organiser")
ACTORS = (ANONYMOUS, *ROLES, STRANGER, OF_ANOTHER_DAY, SEATED, LEADING, REVOKED)
# Asked with what the other space owns: who has most here, and who has nothing.
ABROAD = (ANONYMOUS, "organiser", LEADING)

OPENED, SIGN_IN, FORBIDDEN, MISSING, CLOSED = "opened", "sign-in", "forbidden", "missing", "no such method"
REFUSALS = frozenset({FORBIDDEN, MISSING, CLOSED})

# What is missing there though whoever asks may ask: each with why.
ABSENT = {
    "memory:own-sheet": "who leads has no sheet",
    "atlas:None": "an address of the API that leads nowhere: its answer says so",
}


WHOLE = bool(os.environ.get("MAILLAGE_LONG"))


def telling(need: Need) -> tuple[str, ...]:
    """Those whose answers differ: a page that asks for no account does not look at who has one. All, in `make long`."""
    if need in (Need.SEAT, Need.LEADING_SEAT):
        return (ANONYMOUS, "organiser", SEATED, LEADING, REVOKED)
    if need.value.account:
        return (ANONYMOUS, *ROLES, STRANGER, OF_ANOTHER_DAY)
    return (ANONYMOUS, "organiser")


# Taking out what is not there, or no longer, changes nothing and goes back to the list.
REPEATED = {"people:import-preview", "plans:remove-pair", "plans:remove-tie"}
# What these answer to everybody, and says nothing of anybody.
ANSWERS = {
    "people:sign-in-link": FORBIDDEN,
    "people:sign-out": SIGN_IN,
    "people:sessions-end": SIGN_IN,
    "people:address": SIGN_IN,  # changed: one signs in anew
    "people:second-step": SIGN_IN,  # nobody gave a first proof
    "people:openid-leave": SIGN_IN,  # no provider here
    "people:openid-return": SIGN_IN,
}


# Scanners of mail, and browsers that look ahead, open whatever they read: opening changes nothing, but for these.
WRITES = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')
TAKEN = frozenset({"office_activity"})  # a file with names left: who took it is noted
WRITTEN_BY_GET = {
    "live:project": frozenset({"live_seat"}),  # a screen takes its own place, which shows what everybody sees
    "live:control": frozenset({"live_seat"}),
    "memory:own-sheet": frozenset({"memory_porteursheet"}),  # the porteur's own link is made when they first read it
    "trips:trip": frozenset({"trips_installation"}),  # this server's name among others, once
    "gatherings:detail": frozenset({"trips_installation"}),
    "people:second-factor": frozenset({"people_secondfactor"}),  # a secret that is nothing before its first code
    "gatherings:log-file": TAKEN,
    "plans:export": TAKEN,
    "registrations:export-csv": TAKEN,
    "registrations:export-xlsx": TAKEN,
    "registrations:day-lists-csv": TAKEN,
}


@dataclass
class Walk:
    here: World
    there: World
    users: dict[str, User]
    posts: dict[str, dict[str, Any]]

    def __post_init__(self) -> None:
        self.clients = {actor: self._client(actor) for actor in ACTORS}
        self.cookies = {actor: dict(client.cookies.items()) for actor, client in self.clients.items()}
        self.first: tuple[str, tuple[str, bytes, int]] | None = None  # asked already, of who may the most
        self.marker = self.there.space.slug.encode()
        self.written: set[str] = set()  # tables, by the last question
        self.writing: list[str] = []  # opened, they wrote
        self.shows_nothing: set[str] = set()  # though asked by who may the most

    def _client(self, actor: str) -> Client:
        client = Client(raise_request_exception=True)
        if actor in self.users:
            client.force_login(self.users[actor])
        seat = {SEATED: "participant", LEADING: "facilitator"}.get(actor)
        if seat:
            client.cookies.load(cookies_of(self.here.seats[seat]))
        if actor == REVOKED:
            client.cookies.load(self.here.values["*:revoked-cookies"])
        return client

    # --- one question ---

    def ask(self, actor: str, address: Address, values: dict[str, Any], method: str) -> tuple[str, bytes, int]:
        path = path_of(address, values)
        client = self.clients[actor]
        data = self.posts.get(address.name, {}) if method == "post" else self.here.queries.get(address.name, {})
        self.written.clear()
        with transaction.atomic(), connection.execute_wrapper(self._hear):
            response = getattr(client, method)(path, {name: _said(value, self) for name, value in data.items()})
            body = b"".join(response.streaming_content) if response.streaming else response.content
            transaction.set_rollback(True)
        if method == "get" and not self.written <= WRITTEN_BY_GET.get(address.name, frozenset()):
            self.writing.append(f"{actor} get {address.route}: opening it writes {sorted(self.written)}")
        client.cookies = http.cookies.SimpleCookie()
        for name, morsel in self.cookies[actor].items():
            client.cookies[name] = morsel.value
        if method == "post" or address.route.startswith(("projection/", "regie/")):
            # a room in memory would be ahead of the log that was rolled back
            runtime._live = None
            seats._known.clear()
        return _verdict(response), body, response.status_code

    def _hear(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if found := WRITES.match(sql):
            self.written.add(found[1])
        return execute(sql, params, many, context)

    # --- everything about one address ---

    def faults(self, address: Address) -> Iterator[str]:
        assert address.needs is not None
        self.writing.clear()
        for method in ("get", "post"):
            self.first = None
            if self._takes_no(method, address):
                continue
            for actor in ACTORS if WHOLE else telling(address.needs.get):
                yield from self._fault(actor, address, method, here=True)
                if actor in ABROAD and (WHOLE or not address.needs.get.value.account or actor == "organiser"):
                    yield from self._fault(actor, address, method, here=False)
            yield from self._mixed(address, method)
            yield from self._other_links(address, method)
        yield from self.writing

    def _takes_no(self, method: str, address: Address) -> bool:
        """Asked of who may the most: what is no page for them is none for anybody."""
        assert address.needs is not None
        leads = address.needs.get in (Need.SEAT, Need.LEADING_SEAT)
        most = LEADING if leads else "organiser"
        answer = self.ask(most, address, self.here.of(address), method)
        self.first = (most, answer)
        if method == "get" and answer[2] != 200 and not 300 <= answer[2] < 400 and answer[0] != CLOSED:
            self.shows_nothing.add(name_of(address))
        return answer[0] == CLOSED

    def _fault(self, actor: str, address: Address, method: str, *, here: bool) -> Iterator[str]:
        assert address.needs is not None
        need = address.needs.post if method == "post" else address.needs.get
        if actor == REVOKED and need not in (Need.SEAT, Need.LEADING_SEAT):
            return
        world = self.here if here else self.there
        if here and self.first is not None and self.first[0] == actor:
            found, body, status = self.first[1]
        else:
            found, body, status = self.ask(actor, address, world.of(address), method)
        whose = "of this space" if here else "of the other space"
        may = allowed(need, actor, here=here) | {ANSWERS.get(address.name, CLOSED)}
        if found not in may and not (found == MISSING and OPENED in may and name_of(address) in ABSENT):
            yield f"{actor} {method} {address.route} {whose}: {found} ({status}), expected {' or '.join(sorted(may))}"
        elif here and found == OPENED and actor != STRANGER and self.marker in body:
            yield f"{actor} {method} {address.route}: the page speaks of the other space"

    def _mixed(self, address: Address, method: str) -> Iterator[str]:
        """Something of the other space under an address of ours."""
        own, other = self.here.of(address), self.there.of(address)
        for key in address.keys[1:]:
            if own[key] == other[key] or (key == "session_id" and "token" in own):
                continue
            found, body, status = self.ask("organiser", address, own | {key: other[key]}, method)
            told = found == OPENED and (status < 400 or self.marker in body)
            if told and address.name not in REPEATED:
                yield f"organiser {method} {address.route} with the other space's {key}: {found} ({status})"

    def _other_links(self, address: Address, method: str) -> Iterator[str]:
        """Another kind of personal link, and one that nobody made, open nothing here."""
        assert address.needs is not None
        need = address.needs.post if method == "post" else address.needs.get
        if need not in (Need.LINK, Need.LEADING_LINK):
            return
        own = self.here.of(address)
        key = next(each for each in ("token", "secret") if each in own)
        others = {"registration-token", "member-token"}
        if need is Need.LINK and address.route.startswith("noyau/"):
            others.remove("member-token")  # it is theirs
        for other in sorted({own[key][:-3] + "xyz", *(self.here.values[f"*:{name}"] for name in others)} - {own[key]}):
            found, _body, status = self.ask(ANONYMOUS, address, own | {key: other}, method)
            if found == OPENED and status < 400:
                yield f"anonymous {method} {address.route} with another link: {found} ({status})"


def _said(value: Any, walk: Walk) -> Any:
    """« @people:other-organisation » in what is posted: that of this space."""
    return str(walk.here.values[value[1:]]) if isinstance(value, str) and value.startswith("@") else value


def path_of(address: Address, values: dict[str, Any]) -> str:
    if not address.name or address.name.endswith(":None"):
        return "/" + address.route.replace("<path:rest>", str(values["rest"]))
    return reverse(address.name, kwargs=values | {}) if values else reverse(address.name)


def name_of(address: Address) -> str:
    return address.name or f"{address.route.partition('/')[0] and 'atlas'}:None"


def _verdict(response: Any) -> str:
    if response.status_code == 302 and response["Location"].startswith("/connexion/"):
        return SIGN_IN
    return {403: FORBIDDEN, 404: MISSING, 405: CLOSED}.get(response.status_code, OPENED)


def allowed(need: Need, actor: str, *, here: bool) -> frozenset[str]:
    """What docs/rights.md promises: the answers this actor may get. A method the page has not is no leak."""
    opened = frozenset({OPENED, CLOSED})
    signed_in = actor in ROLES or actor in (STRANGER, OF_ANOTHER_DAY)
    if need in (Need.ANYBODY, Need.CODE, Need.LINK, Need.LEADING_LINK):
        return opened
    if need is Need.PUBLISHED:
        return opened if here else REFUSALS
    if need is Need.ATLAS:
        return opened if here or actor == STRANGER else REFUSALS
    if need is Need.SEAT:
        return opened if here and actor in (SEATED, LEADING) else REFUSALS
    if need is Need.LEADING_SEAT:
        return opened if here and actor == LEADING else REFUSALS
    if not signed_in:
        return frozenset({SIGN_IN, CLOSED})
    if need is Need.ACCOUNT:
        return opened
    if need in (Need.RUN_SOMEWHERE, Need.ORGANISE_SOMEWHERE):
        if actor == OF_ANOTHER_DAY and need is Need.RUN_SOMEWHERE:
            return opened
        return opened if actor in need.value.roles or actor == STRANGER else REFUSALS
    if not here or actor in (STRANGER, OF_ANOTHER_DAY):
        return frozenset({MISSING, CLOSED})  # nobody learns that it exists
    return opened if actor in need.value.roles else REFUSALS


def walked() -> list[Address]:
    assert connection.in_atomic_block
    return addresses()

"""Screens made of pieces: each is, to the byte, what it would be made whole, and a piece reads only what it names."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.template import Template
from django.template.base import FilterExpression, Node, Variable, VariableNode
from django.template.defaulttags import ForNode, IfNode
from django.template.loader import get_template
from django.template.loader_tags import IncludeNode
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from facilitation import Moment, audience, view_audience
from maillage.live import screens
from maillage.live.fragments import Pieces
from maillage.live.rooms import Room
from maillage.live.templatetags.pieces import Alike
from tests.examples import several
from tests.facilitation.test_any_method import AnySession

CONSTANTS = {"moves_url", "session_id", "forloop"}  # the same for a whole session; forloop: of a loop inside


class Shown(AnySession):
    """Any session of any method, looked at after some of its moves by every audience it has."""

    compared = 0
    reused = 0

    def move(self, seat: str, kind: str, payload: Any) -> bool:
        accepted = super().move(seat, kind, payload)
        if not hasattr(self, "pieces"):
            self.pieces = Pieces()
        if accepted and self.count % 4 == 0:
            self.look()
        return accepted

    def look(self) -> None:
        state = self.state
        room = Room(uuid.UUID(int=1), "Atelier", "", "", False, "KAVU72", state.method, state, state.number)
        moment: Moment = {}
        for group in {audience(state, known) for known in state.seats}:
            view = view_audience(state, group, moment)
            assert view == view_audience(state, group)  # what audiences share is what each would have alone
            known = set(self.pieces._now) | set(self.pieces._before)
            made = screens.render_shared(room, view, self.pieces)
            assert made == screens.render_shared(room, view)
            type(self).compared += 1
            type(self).reused += set(self.pieces._now) <= known
        self.pieces.turn()


def test_screen_made_of_pieces_is_the_one_made_whole(monkeypatch) -> None:
    monkeypatch.setattr(screens, "now_ms", lambda: 1_000_000)  # two makings see one clock
    Shown.compared = Shown.reused = 0
    run_state_machine_as_test(
        Shown,
        settings=settings(
            max_examples=several(25),
            stateful_step_count=12,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert Shown.compared > 300
    assert Shown.reused > 20


def alike_nodes(template: Any) -> list[Alike]:
    return template.nodelist.get_nodes_by_type(Alike)


def expressions(node: Node) -> Iterator[FilterExpression]:
    """The expressions a node reads by itself, whatever its kind."""
    pending: list[Any] = [value for name, value in vars(node).items() if "nodelist" not in name]
    if isinstance(node, IfNode):
        pending += [condition for condition, _nodes in node.conditions_nodelists]
    while pending:
        one = pending.pop()
        if isinstance(one, FilterExpression):
            yield one
            pending += [argument for _filter, arguments in one.filters for _lookup, argument in arguments]
        elif isinstance(one, Variable):
            yield one
        elif isinstance(one, dict):
            pending += one.values()
        elif isinstance(one, (list, tuple)):
            pending += one
        elif type(one).__name__ in ("TemplateLiteral", "Operator") or hasattr(one, "first"):
            pending += [getattr(one, side) for side in ("value", "first", "second") if hasattr(one, side)]


def names(expression: FilterExpression | Variable) -> set[str]:
    variable = expression.var if isinstance(expression, FilterExpression) else expression
    return {str(variable)} if isinstance(variable, Variable) and variable.lookups else set()


def read_by(nodes: Any, local: frozenset[str], within: tuple[str, ...] = ()) -> set[str]:
    """The dotted names that some nodes read, those they declare themselves left out. A template may include itself."""
    found: set[str] = set()
    for node in nodes:
        inner = local
        if isinstance(node, ForNode):
            inner = local | set(node.loopvars)
        if isinstance(node, IncludeNode):
            inner = local | set(node.extra_context)
            name = node.template.resolve({})
            if name not in within:
                found |= read_by(get_template(name).template.nodelist, inner, (*within, name))
        for expression in expressions(node):
            found |= {name for name in names(expression) if name.partition(".")[0] not in local | CONSTANTS}
        conditions = [pair[1] for pair in node.conditions_nodelists] if isinstance(node, IfNode) else []
        for children in [*conditions, *(getattr(node, name, []) or [] for name in node.child_nodelists)]:
            found |= read_by(children, inner, within)
    return found


def undeclared(template: Template) -> set[str]:
    """What the pieces of a template read without naming it."""
    found = set()
    for piece in alike_nodes(template):
        named = {str(value.var) for value in piece.values}
        read = read_by(piece.nodelist, frozenset())
        found |= {name for name in read if not any(name == one or name.startswith(f"{one}.") for one in named)}
    return found


def test_piece_reads_only_what_it_names() -> None:
    template = get_template("live/_shared.html").template
    assert len(alike_nodes(template)) >= 4
    assert undeclared(template) == set()


@pytest.mark.parametrize(
    "inside",
    ["{{ shared.other }}", "{% if shared.a and b %}x{% endif %}", "{% for x in shared.list %}{{ y }}{% endfor %}",
     "{{ shared.a|default:z }}", '{% include "live/_people.html" %}'],
)  # fmt: skip
def test_piece_that_reads_more_is_found(inside: str) -> None:
    template = Template("{% load pieces %}{% alike shared.a %}" + inside + "{% endalike %}")
    assert undeclared(template)


def test_piece_that_reads_what_it_names_is_not_found() -> None:
    inside = "{% for x in shared.a %}{{ x.name }}{{ forloop.counter }}{% endfor %}{{ shared.a.b }}{{ moves_url }}"
    assert undeclared(Template("{% load pieces %}{% alike shared.a %}" + inside + "{% endalike %}")) == set()


def test_variable_nodes_are_read() -> None:
    (node,) = Template("{{ a.b }}").nodelist
    assert isinstance(node, VariableNode)
    assert read_by([node], frozenset()) == {"a.b"}

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404

from maillage.office.models import Activity
from maillage.people.access import fetch_in_space
from maillage.people.enums import SpaceRole
from maillage.people.models import Organisation, Right, Space, User
from maillage.people.queries import (
    can_facilitate,
    can_organise,
    can_read,
    can_run_desk,
    spaces_of,
    spaces_to_organise,
)
from maillage.people.services import find_or_make_organisation, give_right, make_space, withdraw_right

pytestmark = pytest.mark.django_db


@pytest.fixture
def space():
    return make_space(slug="grand-est", name="Grand Est", by="Zoé")


@pytest.fixture
def elsewhere():
    return make_space(slug="ailleurs", name="Ailleurs", by="Zoé")


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (SpaceRole.ORGANISER, {"organise", "facilitate", "desk", "read"}),
        (SpaceRole.FACILITATOR, {"facilitate", "read"}),
        (SpaceRole.DESK, {"desk", "read"}),
        (SpaceRole.READER, {"read"}),
        (None, set()),
    ],
)
def test_each_role_may_what_it_is_for_and_nothing_elsewhere(space, elsewhere, role, may):
    user = User.objects.create_user("zoe@exemple.invalid")
    if role:
        give_right(user=user, space=space, role=role, by="test")
    questions = {"organise": can_organise, "facilitate": can_facilitate, "desk": can_run_desk, "read": can_read}
    assert {name for name, can in questions.items() if can(user, space)} == may
    assert not any(can(user, elsewhere) for can in questions.values())
    assert not any(can(AnonymousUser(), space) for can in questions.values())
    user.is_active = False
    assert not any(can(user, space) for can in questions.values())


def test_a_right_given_twice_is_one_right_and_one_line_of_the_log(space):
    user = User.objects.create_user("zoe@exemple.invalid", name="Zoé")
    give_right(user=User.objects.create_user("ali@exemple.invalid", name="Ali"), space=space, role="organiser", by="z")
    right = give_right(user=user, space=space, role="organiser", by="test")
    assert give_right(user=user, space=space, role=SpaceRole.ORGANISER, by="test") == right
    assert (
        Activity.objects.filter(verb="give-right", by="test").values_list("about", flat=True).get()
        == "Zoé : organisation"
    )
    withdraw_right(right=right, by="test")
    assert not can_read(user, space)


def test_a_users_spaces_come_once_each_and_only_theirs(space, elsewhere):
    user = User.objects.create_user("zoe@exemple.invalid")
    give_right(user=user, space=space, role="organiser", by="test")
    give_right(user=user, space=space, role="desk", by="test")
    assert list(spaces_of(user)) == [space]
    assert list(spaces_of(AnonymousUser())) == []
    give_right(user=user, space=elsewhere, role="reader", by="test")
    assert list(spaces_of(user)) == [elsewhere, space]
    assert list(spaces_to_organise(user)) == [space]


def test_what_belongs_to_another_space_does_not_exist_and_what_exceeds_a_role_is_forbidden(space, elsewhere):
    user = User.objects.create_user("zoe@exemple.invalid")
    give_right(user=user, space=space, role="reader", by="test")

    def fetch(of, can):
        return fetch_in_space(user, Space.objects.all(), can=can, space_of=lambda row: row, pk=of.pk)

    assert fetch(space, can_read) == space
    with pytest.raises(PermissionDenied):
        fetch(space, can_organise)
    with pytest.raises(Http404):
        fetch(elsewhere, can_read)


def test_an_organisation_written_twice_is_one_row_under_its_first_spelling(space, elsewhere):
    first = find_or_make_organisation(space=space, name="Régie de  quartier")
    assert find_or_make_organisation(space=space, name="REGIE DE QUARTIER") == first
    assert first.name == "Régie de quartier"
    assert find_or_make_organisation(space=elsewhere, name="Régie de quartier") != first
    assert Organisation.objects.count() == 2


def test_no_right_is_left_without_a_space(space):
    give_right(user=User.objects.create_user("zoe@exemple.invalid"), space=space, role="organiser", by="test")
    space.delete()
    assert Right.objects.count() == 0

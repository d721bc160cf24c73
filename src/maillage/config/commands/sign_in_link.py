import argparse

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email, validate_slug
from django.db import transaction

from maillage.config.arguments import DEFAULT_PORT
from maillage.config.installation import prepare_tables
from maillage.people.enums import SpaceRole
from maillage.people.models import Space, User
from maillage.people.second_factor import drop_factor
from maillage.people.services import give_right, make_sign_in_link, make_space

BY = "ligne de commande"


class BadName(Exception):
    def __init__(self, email: str, slug: str) -> None:
        self.sentence = (
            f"On attend une adresse électronique (« {email} ») et un nom court, en lettres sans accent, chiffres et "
            f"tirets (« {slug} »)."
        )
        super().__init__(self.sentence)


class UnknownUser(Exception):
    def __init__(self, email: str) -> None:
        self.sentence = (
            f"Personne de l’équipe n’a l’adresse « {email} ». La première personne d’un espace s’ajoute ainsi : "
            f"maillage sign-in-link {email} --organise mon-espace"
        )
        super().__init__(self.sentence)


def run(options: argparse.Namespace) -> None:
    prepare_tables()
    if options.organise:
        entrust_space(options.email, options.organise)
    user = User.objects.of_address(options.email).filter(is_active=True).first()
    if user is None:
        raise UnknownUser(options.email)
    if options.forget_code:
        drop_factor(user=user, by=BY)
    base_url = options.url or settings.PUBLIC_URL or f"http://localhost:{DEFAULT_PORT}"
    print(make_sign_in_link(user=user, base_url=base_url.rstrip("/")))


def entrust_space(email: str, slug: str) -> None:
    """The first organiser of a space comes from the command line: nobody is there yet to invite them."""
    try:
        validate_email(email)
        validate_slug(slug)
    except ValidationError as error:
        raise BadName(email, slug) from error
    with transaction.atomic():
        user = User.objects.of_address(email).first() or User.objects.create_user(email)
        space = Space.objects.filter(slug=slug).first() or make_space(slug=slug, name=slug, by=BY)
        give_right(user=user, space=space, role=SpaceRole.ORGANISER, by=BY)

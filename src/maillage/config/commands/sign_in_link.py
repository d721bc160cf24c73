import argparse

from django.conf import settings

from maillage.config.cli import DEFAULT_PORT
from maillage.config.installation import prepare_tables
from maillage.people.models import User
from maillage.people.services import make_sign_in_link


class UnknownUser(Exception):
    def __init__(self, email: str) -> None:
        self.sentence = f"Personne de l’équipe n’a l’adresse « {email} »."
        super().__init__(self.sentence)


def run(options: argparse.Namespace) -> None:
    prepare_tables()
    user = User.objects.filter(email__iexact=options.email, is_active=True).first()
    if user is None:
        raise UnknownUser(options.email)
    base_url = options.url or settings.PUBLIC_URL or f"http://localhost:{DEFAULT_PORT}"
    print(make_sign_in_link(user=user, base_url=base_url.rstrip("/")))

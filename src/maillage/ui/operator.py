"""Who answers for this server; empty where its operator did not say so (`maillage doctor` warns)."""

from django.conf import settings


def operator() -> dict[str, str]:
    return {
        "operator": settings.OPERATOR,
        "email": settings.OPERATOR_EMAIL,
        "address": settings.OPERATOR_ADDRESS,
        "phone": settings.OPERATOR_PHONE,
        "director": settings.PUBLICATION_DIRECTOR,
        "hosting": settings.HOSTING,
        "dpo": settings.DPO,
    }

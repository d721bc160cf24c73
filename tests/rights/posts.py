"""What a POST must say to be heard where saying nothing is a 404: the least it asks. « @… »: of this space."""

POSTS = {
    "change:members": {"do": "share", "sharing": "public"},
    "memory:experience-state": {"do": "withdraw"},
    "questionnaires:list": {"model": "vide"},
    "people:tell-apart": {"une": "@*:one", "autre": "@*:other"},
    "plans:lock-many": {"group": "@*:group"},
}

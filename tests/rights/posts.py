"""What a POST must say to be heard where saying nothing is a 404: the least each address asks. « @… »: of this space."""

POSTS: dict[str, dict[str, object]] = {}

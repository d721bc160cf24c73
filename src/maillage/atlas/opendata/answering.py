"""What every answer of the open data has: the same bytes asked again are not sent again; other sites may read them."""

import hashlib

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

from maillage.people.access import fetch_atlas
from maillage.people.models import Space


def answer(
    request: HttpRequest, content: bytes, content_type: str, *, space: Space | None = None, file_name: str = ""
) -> HttpResponse:
    """`space`: whose they are; of a closed atlas, no other site reads anything and no cache between keeps it."""
    public = space is None or space.atlas_public
    # weak: what is sent may be compressed in one way or another
    etag = f'W/"{hashlib.sha256(content).hexdigest()[:32]}"'
    response = HttpResponse(content, content_type=content_type)
    response["ETag"] = etag
    response["Cache-Control"] = "public, no-cache" if public else "private, no-cache"
    if public:
        let_others_read(response)
    if file_name:
        response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    said: HttpResponse = get_conditional_response(request, etag=etag, response=response)  # type: ignore[assignment]
    if said is not response and public:
        let_others_read(said)
    return said


def let_others_read(response: HttpResponse) -> None:
    """CORS for what anybody may read; no cookie is ever sent with it."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = "ETag, Link"


def find_atlas(request: HttpRequest, slug: str) -> Space | None:
    try:
        return fetch_atlas(request.user, slug)
    except Http404:
        return None

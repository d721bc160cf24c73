"""What every answer of the open data has: the same bytes asked again are not sent again; other sites may read them."""

import hashlib

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers

from maillage.atlas.compressing import takes_brotli
from maillage.atlas.opendata.keeping import KeptFile
from maillage.people.access import fetch_atlas
from maillage.people.models import Space

LONG = 1_000_000  # octets: beyond, sent part by part


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


def answer_file(
    request: HttpRequest, kept: KeptFile, content_type: str, *, space: Space, file_name: str
) -> HttpResponse | StreamingHttpResponse:
    """As `answer`, of what is on disk: not read for who has it, never held whole when it is long."""
    etag = f'W/"{kept.digest}"'
    known = get_conditional_response(request, etag=etag, response=None)
    response: HttpResponse | StreamingHttpResponse
    if known is not None:
        response = known
        response["ETag"] = etag
    else:
        packs = takes_brotli(request) and not request.user.is_authenticated
        given = kept.packed() if packs else kept
        if given.size > LONG:
            response = StreamingHttpResponse(given.parts(), content_type=content_type)
        else:
            response = HttpResponse(given.path.read_bytes(), content_type=content_type)
        response["ETag"] = etag
        response["Content-Length"] = str(given.size)
        if packs:
            response["Content-Encoding"] = "br"
        response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    response["Cache-Control"] = "public, no-cache" if space.atlas_public else "private, no-cache"
    patch_vary_headers(response, ("Accept-Encoding",))
    if space.atlas_public:
        let_others_read(response)
    return response


def let_others_read(response: HttpResponseBase) -> None:
    """CORS for what anybody may read; no cookie is ever sent with it."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = "ETag, Link"


def find_atlas(request: HttpRequest, slug: str) -> Space | None:
    try:
        return fetch_atlas(request.user, slug)
    except Http404:
        return None

"""The atlas over the air: Brotli where the browser takes it, a sixth lighter than the gzip of the other pages.

BREACH needs a secret in the page and a way to try guesses beside it. Only what an anonymous visitor reads is compressed
here: no token, no name, nothing of an account; the other pages keep Django's gzip, which pads.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from threading import Lock
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

View = Callable[..., HttpResponse]
AT_ONCE = 5  # of 11: a region's page in some 3 ms
BEST = 10  # an eighth lighter, in some 50 ms; 11 gains nothing
KEPT = 64  # pages: whoever opens an atlas opens the one its neighbours opened, which is the same to the byte
SEEN = 1_000  # digests of pages: the second who asks for one has it packed at best for the third
SHORTEST = 500  # bytes
_kept: OrderedDict[bytes, bytes | None] = OrderedDict()  # digest → packed at best, or None: seen once
_packer = ThreadPoolExecutor(1, thread_name_prefix="brotli")  # the work itself holds no lock of the interpreter
_turn = Lock()


def pack(content: bytes) -> bytes:
    """By what it holds: a page that changed is another page."""
    import brotli  # a server nobody asks an atlas of does not hold it

    digest = hashlib.sha256(content).digest()
    with _turn:
        seen = digest in _kept
        best = _kept.get(digest)
        _kept[digest] = best
        _kept.move_to_end(digest)
        while len(_kept) > SEEN:
            _kept.popitem(last=False)
    if best is not None:
        return best
    if seen:
        _packer.submit(_pack_best, digest, content)
    return bytes(brotli.compress(content, quality=AT_ONCE))


def _pack_best(digest: bytes, content: bytes) -> None:
    import brotli

    if _kept.get(digest) is not None:  # several asked meanwhile
        return
    packed = brotli.compress(content, quality=BEST)
    with _turn:
        _kept[digest] = packed
        held = [key for key, value in _kept.items() if value is not None]
        for key in held[:-KEPT]:
            _kept[key] = None


def forget_packed() -> None:
    with _turn:
        _kept.clear()


def takes_brotli(request: HttpRequest) -> bool:
    return "br" in [word.split(";")[0].strip() for word in request.headers.get("Accept-Encoding", "").split(",")]


def compressed(view: View) -> View:
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        patch_vary_headers(response, ("Accept-Encoding",))
        if takes_brotli(request) and not request.user.is_authenticated and len(response.content) > SHORTEST:
            response.content = pack(response.content)
            response["Content-Encoding"] = "br"
            response["Content-Length"] = str(len(response.content))
        return response

    return answer

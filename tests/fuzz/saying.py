"""What a refusal must be: a sentence for a person, that can be stored and shown."""

import re

MACHINE = re.compile(r"Traceback|Error\b|Exception|object at 0x|<class |<bound |NoneType|\bself\b")


def check_sentence(text: object, *, whole: bool = True) -> None:
    """`whole`: it stands alone, so it ends; else it is a part that a page puts in its place."""
    said = str(text)
    assert said.strip(), "a refusal that says nothing"
    said.encode()  # no half of a pair: it will be sent
    quoted = re.sub(r"«.*?»", "", said, flags=re.DOTALL)  # what the person typed is theirs
    assert not MACHINE.search(quoted), f"a refusal in the words of a machine: {said[:200]!r}"
    if whole:
        assert said.rstrip().endswith((".", ")", "…", "?", "!", "»", ":")), (
            f"a refusal that stops short: {said[-80:]!r}"
        )

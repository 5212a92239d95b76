"""Parts of large raw files that may be about a person: the others need not be read row by row.

A glance is enough for most parts: where no key and no text of the person stands, no row is theirs.
It may take a part for theirs that is not, never the reverse; `is_about` then decides row by row.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from scoring.forget.traces import Traces

PIECE_BYTES = 1 << 16
_TOKEN = re.compile(r"[\w.\-]+")
_WHOLE_TOKEN = re.compile(r"[A-Za-z0-9_.\-]+")
# A byte of these encodings below 128 is the character itself, so a line ends where its byte says.
_SIMPLE = frozenset({"utf8", "ascii", "usascii", "latin1", "iso88591", "iso885915", "cp1252"})


@dataclass(frozen=True)
class Needles:
    """What may name somebody in a row.

    Attributes:
        keys: whole cells.
        texts: parts of cells, in whatever case.
    """

    keys: frozenset[str]
    texts: frozenset[str] = frozenset()

    @classmethod
    def of(cls, traces: Traces) -> Needles:
        """What names a person; a name by its last part, since the cells of a row stand apart."""
        keys = set(traces.ids).union(*traces.keys.values())
        names = {last for _, last in traces.names}
        return cls(frozenset(keys), frozenset(traces.texts) | names)

    def stand_as_they_are(self, escaped: str, *, is_ascii: bool = False) -> bool:
        """Whether a file has them as they are.

        Args:
            escaped: characters that the format writes otherwise.
            is_ascii: the format may write letters with accents otherwise.
        """
        return not any(
            set(text) & set(escaped) or (is_ascii and not text.isascii())
            for text in self.keys | self.texts
        )

    @cached_property
    def _tokens(self) -> frozenset[str]:
        return frozenset(key for key in self.keys if _WHOLE_TOKEN.fullmatch(key))

    @cached_property
    def _parts(self) -> tuple[str, ...]:
        return tuple(sorted({text.lower() for text in self.texts | (self.keys - self._tokens)}))

    def may_stand_in(self, text: str) -> bool:
        """Whether one of them may stand in a text."""
        if not self._tokens.isdisjoint(_TOKEN.findall(text)):
            return True
        lowered = text.lower()
        return any(part in lowered for part in self._parts)

    def mask(self, batch: Any) -> Any:  # noqa: ANN401 - pyarrow has no types
        """Rows of a pyarrow record batch that may have one of them; None where it cannot tell."""
        import pyarrow as pa
        from pyarrow import compute

        found = pa.array([False] * batch.num_rows, pa.bool_())
        keys = pa.array(sorted(self.keys), pa.string())
        pattern = "|".join(re.escape(text) for text in sorted(self.texts))
        for column in batch.columns:
            try:
                text = column.cast(pa.string())
            except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
                return None
            hits = compute.is_in(compute.utf8_trim_whitespace(text), value_set=keys)
            if pattern:
                mentions = compute.match_substring_regex(text, pattern, ignore_case=True)
                hits = compute.or_(hits, mentions.fill_null(False))
            found = compute.or_(found, hits)
        return found


def is_simple(encoding: str) -> bool:
    """Whether lines can be told by their bytes."""
    return re.sub("[^a-z0-9]", "", encoding.lower()) in _SIMPLE


def has_stray_quote(stream: BinaryIO, quote: str, delimiter: str) -> bool:
    """Whether a quote stands inside a cell, where it begins and ends nothing."""
    border = re.escape(delimiter) + r"\r\n" + re.escape(quote)
    stray = re.compile(f"[^{border}]{re.escape(quote)}[^{border}]".encode())
    last = b"\n"
    while block := stream.read(PIECE_BYTES):
        if stray.search(last + block):
            return True
        last = block[-2:]
    return False


def pieces(stream: BinaryIO, quote: str = "") -> Iterator[bytes]:
    """The content in pieces of whole rows.

    Args:
        stream: the file.
        quote: what encloses cells that may hold ends of lines; '' for none.
    """
    mark = quote.encode()
    held = b""
    while block := stream.read(PIECE_BYTES):
        held += block
        end = _last_end(held, mark)
        if end:
            yield held[:end]
            held = held[end:]
    if held:
        yield held


def _last_end(content: bytes, mark: bytes) -> int:
    """Where the last whole row ends: after a line end outside of quotes; 0 for none."""
    end = len(content)
    is_open = bool(mark) and content.count(mark) % 2 == 1
    while (line_end := content.rfind(b"\n", 0, end)) >= 0:
        if mark:
            is_open ^= content.count(mark, line_end + 1, end) % 2 == 1
        if not is_open:
            return line_end + 1
        end = line_end
    return 0

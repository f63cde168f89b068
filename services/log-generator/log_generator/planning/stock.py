"""Pieces that are not music take turns: of those that may air, the one that has rested longest."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from log_generator.planning.catalog import LONGEST, Piece
from log_generator.planning.clocks import Kind, Problem
from log_generator.planning.instants import HourKey, Ms


@dataclass
class Stock:
    """The pieces of a day, and when each airs last."""

    by_kind: Mapping[Kind, tuple[Piece, ...]]
    by_id: Mapping[str, Piece]
    aired: dict[str, Ms]

    def of(self, kind: Kind, key: HourKey) -> list[Piece]:
        """Pieces of a kind that may air in an hour, the longest rested first."""
        pieces = (piece for piece in self.by_kind.get(kind, ()) if piece.airs(key))
        return sorted(pieces, key=lambda piece: (self.aired.get(piece.id, 0), piece.id))

    def note(self, piece: Piece, at: Ms) -> None:
        """Remember that a piece airs."""
        self.aired[piece.id] = at


def stocked(pieces: Iterable[Piece], aired: Mapping[str, Ms]) -> tuple[Stock, tuple[Problem, ...]]:
    """A stock of the pieces that can air, and what is wrong with the others."""
    good: dict[str, Piece] = {}
    problems = []
    for piece in pieces:
        if not 0 < piece.length_ms <= LONGEST:
            problems.append(
                Problem(
                    f"{piece.kind} “{piece.title}”",
                    f"{piece.length_ms / 1000:g} s cannot be its length; it is left out",
                )
            )
        else:
            good[piece.id] = piece
    kinds: dict[Kind, tuple[Piece, ...]] = {}
    for piece in good.values():
        kinds[piece.kind] = (*kinds.get(piece.kind, ()), piece)
    last = {piece.id: max(piece.last_ms, aired.get(piece.id, 0)) for piece in good.values()}
    return Stock(kinds, good, last), tuple(problems)


def titled(pieces: Iterable[Piece], title: str) -> list[Piece]:
    """Those of a title, whatever its case."""
    wanted = title.casefold().strip()
    return [piece for piece in pieces if piece.title.casefold().strip() == wanted]


def in_category(pieces: Iterable[Piece], category: str) -> list[Piece]:
    """Those of a category, whatever its case."""
    return [piece for piece in pieces if piece.category.casefold() == category.casefold()]

"""The day's spots: what campaigns are owed meets the breaks there are. Pure; the same day gives the same spots."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from log_generator.planning.catalog import Piece
from log_generator.planning.clocks import Problem
from log_generator.planning.instants import HourKey, Ms
from log_generator.planning.log import MakeGood, SlotKey
from log_generator.planning.traffic.board import Board, Breaks, Line, Sheet, members
from log_generator.planning.traffic.booking import book
from log_generator.planning.traffic.campaigns import Campaign, Copy, next_day, owed

_MANY = 999
_KEEPS = 10
"""What may not be preempted is worth so many times as much as what may."""


@dataclass(frozen=True)
class Avail:
    """A break as the clock sells it. Milliseconds."""

    slot: SlotKey
    start_ms: Ms
    """Where it is planned; separation goes by it."""
    length_ms: Ms
    units: int
    """The most spots; 0 for as many as fit."""
    hour: int
    """The hour's number in the day."""
    stop_set: int
    """Breaks with nothing but spots between them have the same."""
    beside: tuple[Piece, ...] = ()
    """Sponsored pieces next to it."""
    pinned: tuple[str, ...] = ()
    """Copies that a person put there."""

    @property
    def key(self) -> HourKey:
        """Its hour by name."""
        return self.slot.hour


@dataclass(frozen=True)
class Spot:
    """An airing of a campaign."""

    campaign: Campaign
    copy: Copy
    pinned: bool = False


@dataclass(frozen=True)
class Booked:
    """The spots of each break, in no particular order, and what is owed still."""

    spots: Mapping[SlotKey, tuple[Spot, ...]]
    make_goods: tuple[MakeGood, ...]
    problems: tuple[Problem, ...]
    value: int = 0
    bound: float = 0.0


def spots(avails: Sequence[Avail], campaigns: Sequence[Campaign], day: date) -> Booked:
    """Book a day. Worth is length times ten plus priority, so a higher priority takes a lower one's place."""
    held, problems = _held(avails, campaigns)
    pinned = Counter(campaign for _, campaign in held)
    asking = [one for one in campaigns if owed(one, day) or pinned[one.id]]
    if not asking:
        return Booked({}, (), problems)
    number = {campaign.id: line for line, campaign in enumerate(asking)}
    sheet = _sheet(avails, asking, day, pinned)
    board, bound = book(sheet, [(number[campaign], at) for at, campaign in held])
    made = _copies(board, avails, asking, day, held)
    return Booked(made, _make_goods(board, asking, day), problems, board.value, bound)


Held = Mapping[tuple[int, str], Copy]
"""By (number of the break, campaign): what a person put there."""


def _held(avails: Sequence[Avail], campaigns: Sequence[Campaign]) -> tuple[Held, tuple[Problem, ...]]:
    copies = {copy.id: (campaign.id, copy) for campaign in campaigns for copy in campaign.copies}
    held: dict[tuple[int, str], Copy] = {}
    problems = []
    for at, avail in enumerate(avails):
        for one in avail.pinned:
            if one in copies:
                held[at, copies[one][0]] = copies[one][1]
            else:
                problems.append(Problem(f"pin “{one}”", "no campaign has this copy; its break is planned without it"))
    return held, tuple(problems)


def _sheet(avails: Sequence[Avail], campaigns: Sequence[Campaign], day: date, pinned: Mapping[str, int]) -> Sheet:
    starts = tuple(avail.start_ms for avail in avails)
    sets: dict[int, Breaks] = {}
    for at, avail in enumerate(avails):
        sets[avail.stop_set] = sets.get(avail.stop_set, 0) | 1 << at
    stop_sets = tuple(sets[avail.stop_set] for avail in avails)
    near = {apart: _near(starts, stop_sets, apart) for apart in {one.separation_ms for one in campaigns}}
    lines = []
    for campaign, keys in zip(campaigns, _keys(campaigns), strict=True):
        length, allowed = _where(avails, campaign, day)
        worth = (length // 100) * (10 + campaign.priority) * (1 if campaign.preemptable else _KEEPS)
        want = max(owed(campaign, day), pinned.get(campaign.id, 0))
        lines.append(Line(length, worth, want, allowed, near[campaign.separation_ms], campaign.per_hour or _MANY, keys))
    return Sheet(
        start_ms=starts,
        room_ms=tuple(avail.length_ms for avail in avails),
        units=tuple(avail.units or _MANY for avail in avails),
        hour=tuple(avail.hour for avail in avails),
        stop_set=stop_sets,
        lines=tuple(lines),
    )


def _where(avails: Sequence[Avail], campaign: Campaign, day: date) -> tuple[Ms, Breaks]:
    """The length that a campaign needs, of its longest copy, and the breaks that it may be in."""
    copies = campaign.copies_on(day) or campaign.copies
    length = max(copy.length_ms for copy in copies)
    hours = 0
    for copy in copies:
        hours |= copy.hours
    hours &= campaign.hours
    allowed = 0
    for at, avail in enumerate(avails):
        if hours >> avail.key.hour & 1 and length <= avail.length_ms and not _rivals(campaign, avail.beside):
            allowed |= 1 << at
    return length, allowed


def _near(starts: Sequence[Ms], stop_sets: Sequence[Breaks], apart: Ms) -> tuple[Breaks, ...]:
    near = list(stop_sets)
    first = 0
    for at, start in enumerate(starts):
        while first < at and starts[first] <= start - apart:
            first += 1
        for other in range(first, at):
            near[at] |= 1 << other
            near[other] |= 1 << at
    return tuple(near)


def _keys(campaigns: Sequence[Campaign]) -> list[tuple[int, ...]]:
    """What shares no stop set: one product, one advertiser, two competitors, two firsts, two lasts."""
    numbers: dict[tuple[str, ...], int] = {}
    found: list[list[tuple[str, ...]]] = []
    for one in campaigns:
        own: list[tuple[str, ...]] = [("advertiser", one.advertiser or f"\n{one.id}")]
        own += [("product", one.product)] if one.product else []
        own += [(one.position,)] if one.position != "any" else []
        for other in campaigns:
            if other.advertiser != one.advertiser and (_rival(one, other) or _rival(other, one)):
                own.append(("rivals", *sorted((one.advertiser or one.id, other.advertiser or other.id))))
        found.append(own)
    return [tuple(numbers.setdefault(key, len(numbers)) for key in dict.fromkeys(own)) for own in found]


def _rival(one: Campaign, other: Campaign) -> bool:
    return bool(one.competitors & ({other.advertiser, other.product} - {""}))


def _rivals(campaign: Campaign, pieces: Sequence[Piece]) -> bool:
    """Whether a sponsor beside a break is a competitor."""
    return any(
        piece.advertiser != campaign.advertiser
        and (
            bool(campaign.competitors & ({piece.advertiser, piece.product} - {""}))
            or (bool(piece.product) and piece.product == campaign.product)
        )
        for piece in pieces
    )


def _copies(
    board: Board, avails: Sequence[Avail], campaigns: Sequence[Campaign], day: date, held: Held
) -> Mapping[SlotKey, tuple[Spot, ...]]:
    """The copies of each campaign take turns by their weights, in order of time."""
    aired = {copy.id: copy.aired for campaign in campaigns for copy in campaign.copies}
    made: dict[SlotKey, tuple[Spot, ...]] = {}
    for at, (avail, lines) in enumerate(zip(avails, board.at, strict=True)):
        found = []
        for campaign in (campaigns[line] for line in lines):
            copies = [copy for copy in campaign.copies_on(day) if copy.hours >> avail.key.hour & 1]
            turn = min(copies, key=lambda copy: ((aired[copy.id] + 1) / copy.weight, copy.id), default=None)
            copy = held.get((at, campaign.id), turn)
            if copy:
                aired[copy.id] += 1
                found.append(Spot(campaign, copy, pinned=(at, campaign.id) in held))
        made[avail.slot] = tuple(found)
    return made


def _make_goods(board: Board, campaigns: Sequence[Campaign], day: date) -> tuple[MakeGood, ...]:
    return tuple(_make_good(board, line, campaign, day) for line, campaign in enumerate(campaigns) if board.short(line))


def _make_good(board: Board, line: int, campaign: Campaign, day: date) -> MakeGood:
    one = board.sheet.lines[line]
    barred, clear = board.barred(line), board.unrivalled(line)
    hindered: Counter[str] = Counter()
    for at in members(one.allowed & ~board.mine[line]):
        if barred >> at & 1:
            hindered["its own separation or hourly cap"] += 1
        elif not clear >> at & 1:
            hindered["a competitor, or another line of the advertiser, in the break"] += 1
        else:
            hindered["the break is sold out"] += 1
    if not one.allowed:
        reason = "no break of the day is within its hours and long enough"
    else:
        reason = max(sorted(hindered), key=hindered.__getitem__, default="it is in every break that it may be in")
    return MakeGood(campaign.id, one.want - board.count(line), next_day(campaign, day), reason, dict(hindered))

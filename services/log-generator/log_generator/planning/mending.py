"""A clock with mistakes still makes an hour: what cannot be understood is left out or put right, and told."""

from collections.abc import Callable
from dataclasses import replace

from log_generator.planning.clocks import ANCHORS, FILLS, KINDS, Anchor, Clock, Element, Kind, Problem, Span, Wanted
from log_generator.planning.instants import HOUR, MINUTE, Ms

MOST = 60
"""Songs or pieces of one element."""
LONGEST = 4 * HOUR
"""Of an element; a longer one is a mistake in the unit."""
Tell = Callable[[str], None]


def mend(clock: Clock) -> tuple[Clock, tuple[Problem, ...]]:
    """The clock as it can be planned, and what had to be changed, each with the element's name."""
    problems: list[Problem] = []
    elements: list[Element] = []
    latest = -1
    for element in clock.elements:

        def tell(text: str, name: str = element.name) -> None:
            problems.append(Problem(f"{clock.name}, {name}", text))

        mended = _element(element, tell)
        if mended is None:
            continue
        if mended.anchor and mended.anchor.at_ms <= latest:
            tell("its time is not after the anchor before it; it follows what is before it instead")
            mended = replace(mended, anchor=None)
        latest = mended.anchor.at_ms if mended.anchor else latest
        if any(other.id == mended.id for other in elements):
            tell("another element bears this id; it has a new one")
            mended = replace(mended, id=f"{mended.id}+{len(elements)}")
        elements.append(mended)
    return replace(clock, elements=tuple(elements)), tuple(problems)


def _element(element: Element, tell: Tell) -> Element | None:
    if element.kind not in KINDS:
        tell(f"“{element.kind}” is no type of element ({', '.join(KINDS)}); it is left out")
        return None
    if element.length_ms is not None and not 0 < element.length_ms <= LONGEST:
        tell(f"{element.length_ms / MINUTE:g} minutes cannot be its length; it is left out")
        return None
    if element.part is not None and element.part < 1:
        tell("parts count from 1; all of it is taken")
        element = replace(element, part=None)
    return replace(
        _filling(element, tell),
        fallback=_chain(element, tell),
        wanted=_wanted(element.wanted, tell),
        anchor=_anchor(element.anchor, tell),
    )


def _filling(element: Element, tell: Tell) -> Element:
    if element.fill not in FILLS:
        tell(f"“{element.fill}” is no way to fill ({', '.join(FILLS)}); its count is taken")
        element = replace(element, fill="COUNT")
    if element.fill == "TO_END" and element.kind != "MUS":
        tell("only music fills an hour to its end; its count is taken")
        element = replace(element, fill="COUNT")
    if element.fill == "TIME" and element.length_ms is None:
        tell("it fills a time but has no length; its count is taken")
        element = replace(element, fill="COUNT")
    least = 0 if element.kind == "ADV" else 1
    if not least <= element.count <= MOST:
        tell(f"a count of {element.count} is not from {least} to {MOST}; the nearest is taken")
        element = replace(element, count=min(max(element.count, least), MOST))
    return element


def _chain(element: Element, tell: Tell) -> tuple[Kind, ...]:
    chain: list[Kind] = [element.kind]
    for kind in element.fallback:
        if kind not in KINDS:
            tell(f"it falls back on “{kind}”, which is no type of element; that is left out")
        elif kind in chain:
            tell(f"its fallback goes in a circle: {' → '.join([*chain, kind])}; it ends before that")
            break
        else:
            chain.append(kind)
    return tuple(chain[1:])


def _wanted(wanted: Wanted, tell: Tell) -> Wanted:
    def ordered(name: str, span: Span | None) -> Span | None:
        if span and span[0] > span[1]:
            tell(f"{name} from {span[0]} to {span[1]} is nothing; it is turned round")
            return span[1], span[0]
        return span

    return replace(
        wanted,
        tempo=ordered("tempo", wanted.tempo),
        energy=ordered("energy", wanted.energy),
        years=ordered("years", wanted.years),
    )


def _anchor(anchor: Anchor | None, tell: Tell) -> Anchor | None:
    if anchor is None:
        return None
    if anchor.kind not in ANCHORS:
        tell(f"“{anchor.kind}” is no kind of anchor ({', '.join(ANCHORS)}); it follows what is before it")
        return None
    latest: Ms = HOUR if anchor.kind == "back_timed" else HOUR - 1
    if not 0 <= anchor.at_ms <= latest:
        tell(f"{anchor.at_ms / MINUTE:g} minutes is not in the hour; it follows what is before it")
        return None
    if not 0 <= anchor.grace_ms <= HOUR:
        tell(f"a grace of {anchor.grace_ms / MINUTE:g} minutes cannot be meant; it has none")
        return replace(anchor, grace_ms=0)
    return anchor

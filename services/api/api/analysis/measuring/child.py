"""`python -m api.analysis.measuring.child ORDER`: measures one sound, in a process that may be killed for it."""

import json
import sys
from pathlib import Path

from api.analysis.measuring.decoding import blocks
from api.analysis.measuring.ends import cues, segue
from api.analysis.measuring.energy import energy, traits
from api.analysis.measuring.fingerprint import fingerprint
from api.analysis.measuring.frames import PER_SECOND, Frames, gather
from api.analysis.measuring.hook import hook
from api.analysis.measuring.intro import intro_end
from api.analysis.measuring.levels import body_db
from api.analysis.measuring.tempo import tempo
from api.analysis.measuring.waveform import waveform
from api.analysis.messages import Measured, Order
from api.library.rules import SPOKEN, Kind


def measure(order: Order) -> Measured:
    """Decode the sound once, and measure what its kind has."""
    path = Path(order.copy_path)
    frames = gather(blocks(path))
    found = find(frames, order.kind)
    return Measured(
        fingerprint=fingerprint(path), waveform=json.dumps(waveform(frames), separators=(",", ":")), **found
    )


def find(frames: Frames, kind: Kind) -> dict[str, float | None]:
    """Points, tempo and energy, by name."""
    names = ("cue_in", "cue_out", "intro_end", "segue_at", "hook_in", "hook_out", "tempo_bpm", "energy")
    found: dict[str, float | None] = dict.fromkeys(names)
    found["length_seconds"] = len(frames.power) / PER_SECOND
    ends = cues(frames.power, body_db(frames.power))
    character = traits(frames)
    if ends is None or character is None:
        return found
    found["cue_in"], found["cue_out"] = ends
    found["segue_at"] = segue(frames.power, *ends)
    if kind not in SPOKEN:
        found["tempo_bpm"], found["energy"] = tempo(frames.onset), energy(character)
    if kind == "MUS":
        found["intro_end"] = intro_end(frames.voice, *ends)
        found["hook_in"], found["hook_out"] = hook(frames.chords, frames.power, frames.onset, *ends) or (None, None)
    return found


if __name__ == "__main__":
    print(measure(Order.model_validate_json(sys.argv[1])).model_dump_json())

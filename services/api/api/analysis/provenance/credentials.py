"""Reading content credentials. The network is never asked: not for manifests, trust lists or revoked certificates."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from c2pa import C2paError, Context, Reader, Settings

from api.analysis.provenance.evidence import LONGEST_WORDS, MOST_WORDS, Credentials, CredentialsState
from api.media.names import one_line

_STATES: dict[str, CredentialsState] = {
    "Trusted": "present_valid",
    "Valid": "present_untrusted",
    "Invalid": "present_invalid",
}


def read(original: Path, anchors: Path | None) -> Credentials:
    """What credentials a file has, and what they claim."""
    try:
        with original.open("rb") as stream:
            reader = Reader.try_create(None, stream, context=_context(anchors))
            if reader is None:
                return Credentials(state="none")
            with reader:
                return _told(json.loads(reader.json()))
    except C2paError as error:
        return Credentials(state="unreadable", detail=_why(error))


def _why(error: C2paError) -> str | None:
    if isinstance(error, C2paError.NotSupported):
        return "Credentials of this kind of file are not read."
    if str(error).startswith("Remote"):
        return "Its credentials are on another server, which is not asked."
    return _words(error)


def _context(anchors: Path | None) -> Context:
    settings: dict[str, Any] = {
        "verify": {"verify_trust": True, "remote_manifest_fetch": False, "ocsp_fetch": False},
    }
    if anchors is not None:
        settings["trust"] = {"trust_anchors": anchors.read_text()}
    return Context(Settings.from_dict(settings))


def _told(report: Mapping[str, Any]) -> Credentials:
    manifests = report.get("manifests", {})
    active = manifests.get(report.get("active_manifest"), {})
    signature = active.get("signature_info", {})
    # Of ingredients, too: a song may be made from a part that a machine made.
    actions = [action for one in manifests.values() for action in _actions(one)]
    return Credentials(
        state=_STATES.get(str(report.get("validation_state")), "present_invalid"),
        generator=_generator(active),
        signer=_words(" / ".join(filter(None, (signature.get("issuer"), signature.get("common_name"))))),
        signed_at=_words(signature.get("time")),
        source_types=_unique(str(one.get("digitalSourceType") or "").rpartition("/")[2] for one in actions),
        actions=_unique(one.get("action") for one in actions),
        problems=_unique(one.get("code") for one in report.get("validation_status") or ()),
    )


def _actions(manifest: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for one in manifest.get("assertions", ()):
        if str(one.get("label")).startswith("c2pa.actions"):
            yield from one.get("data", {}).get("actions", ())


def _generator(manifest: Mapping[str, Any]) -> str | None:
    told = manifest.get("claim_generator_info") or [{}]
    named = " ".join(str(told[0].get(part) or "") for part in ("name", "version"))
    return _words(named) or _words(manifest.get("claim_generator"))


def _unique(words: Iterator[Any]) -> tuple[str, ...]:
    found = dict.fromkeys(filter(None, (_words(one) for one in words)))
    return tuple(found)[:MOST_WORDS]


def _words(said: Any) -> str | None:
    """Words from outside, fit for showing."""
    found = one_line(None if said is None else str(said))
    return found[:LONGEST_WORDS] if found else None

"""What a piece of evidence says about a file's origin and what it does not: the words that staff read beside it."""

from collections.abc import Iterator
from typing import Literal

from pydantic import BaseModel, ConfigDict

from api.analysis.provenance.evidence import Credentials, CredentialsState, Declared, Evidence

Confidence = Literal["none", "low", "medium", "high"]
"""How much weight it has: none says nothing, low is easily made or removed by anybody."""
MACHINE_MADE = (
    "trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia", "algorithmicMedia", "compositeSynthetic",
)  # fmt: skip
"""IPTC's digital source types for what a machine made, wholly or in part."""


class Finding(BaseModel):
    """One piece of evidence. It is never a verdict."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["content_credentials", "tag", "station"]
    found: str
    confidence: Confidence
    proves: str
    does_not_prove: str


_CREDENTIALS: dict[CredentialsState, tuple[Confidence, str, str]] = {
    "none": (
        "none",
        "Nothing: most files have no credentials, and any program can remove them.",
        "That people made it, or that a machine did.",
    ),
    "unreadable": (
        "none",
        "Nothing: there may be credentials that could not be read here, or this kind of file has none.",
        "That something is wrong with the file.",
    ),
    "present_valid": (
        "high",
        "The named signer, whom this station trusts, declared this of just this file.",
        "That the declaration is true; only who made it.",
    ),
    "present_untrusted": (
        "medium",
        "The file is unchanged since somebody with this certificate declared this.",
        "Who that was: anybody can make a certificate with any name in it.",
    ),
    "present_invalid": (
        "low",
        "There are credentials that do not fit the file: it was changed after it was signed, or the signature is bad.",
        "What the credentials claim, or that the change was meant to deceive.",
    ),
}


def findings(evidence: Evidence, *, composed_here: bool) -> list[Finding]:
    """All evidence in words, the weightiest kind first."""
    found = [_of_credentials(evidence.credentials)]
    if composed_here:
        found.insert(0, _COMPOSED)
    return found + [_of_tag(one) for one in evidence.declared]


_COMPOSED = Finding(
    kind="station",
    found="Composed by this station's own composer",
    confidence="high",
    proves="A machine made it: the station itself had it composed.",
    does_not_prove="Anything about other files.",
)


def _of_credentials(credentials: Credentials) -> Finding:
    confidence, proves, does_not_prove = _CREDENTIALS[credentials.state]
    found = "; ".join(_claims(credentials)) or "No content credentials"
    return Finding(
        kind="content_credentials", found=found, confidence=confidence, proves=proves, does_not_prove=does_not_prove
    )


def _claims(credentials: Credentials) -> Iterator[str]:
    if set(credentials.source_types) & set(MACHINE_MADE):
        yield "declares that a machine made it, wholly or in part"
    if credentials.source_types:
        yield f"source type: {', '.join(credentials.source_types)}"
    if credentials.generator:
        yield f"made with: {credentials.generator}"
    if credentials.signer:
        yield f"signed by: {credentials.signer}"
    if credentials.signed_at:
        yield f"signed at: {credentials.signed_at}"
    if credentials.problems:
        yield f"does not hold: {', '.join(credentials.problems)}"
    if credentials.detail:
        yield credentials.detail


def _of_tag(declared: Declared) -> Finding:
    names = f"Somebody or some program wrote the name of {declared.generator} into it." if declared.generator else None
    return Finding(
        kind="tag",
        found=f"{declared.tag}: {declared.value}",
        confidence="low",
        proves=names or "A program with this name wrote the file, if nobody changed the tag.",
        does_not_prove="Where the sound in it comes from: tags are free text, copied along and easily changed.",
    )

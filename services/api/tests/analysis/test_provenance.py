"""What a file says of its origin: evidence with its weight, whoever signed it, and without ever asking the network."""

from pathlib import Path
from typing import Any

import pytest
from api.analysis import laboratory
from api.analysis.provenance import declared, meaning
from api.analysis.provenance.child import look
from api.analysis.provenance.evidence import Credentials, Declared, Evidence, Order
from c2pa import C2paError, Reader
from desk.signed import STUDIO, Studio
from desk.sounds import sound_file
from kit.testing_web import Answer, web


@pytest.fixture(scope="module")
def studio() -> Studio:
    return Studio()


def looked_at(path: Path, anchors: Path | None = None) -> Credentials:
    order = Order(original_path=str(path), anchors_path=str(anchors) if anchors else None)
    return look(order).credentials


@pytest.mark.parametrize("suffix", [".wav", ".mp3", ".flac", ".m4a"])
def test_what_somebody_unknown_signed_is_untrusted_and_says_what_it_claims(
    tmp_path: Path, studio: Studio, suffix: str
) -> None:
    signed = studio.sign(sound_file(tmp_path / f"plain{suffix}"), tmp_path / f"signed{suffix}")
    found = looked_at(signed)
    assert found.state == "present_untrusted"
    assert found.problems == ("signingCredential.untrusted",)
    assert found.generator == "Song Machine 1.0"
    assert found.signer == f"{STUDIO} / Signer"
    assert found.source_types == ("trainedAlgorithmicMedia",)
    assert found.actions == ("c2pa.created",)
    assert found.signed_at is None


def test_what_somebody_trusted_signed_is_valid_and_no_longer_so_when_a_bit_is_changed(
    tmp_path: Path, studio: Studio
) -> None:
    anchors = tmp_path / "anchors.pem"
    anchors.write_text(studio.anchors)
    signed = studio.sign(sound_file(tmp_path / "plain.wav"), tmp_path / "signed.wav")
    assert looked_at(signed, anchors).state == "present_valid"
    content = bytearray(signed.read_bytes())
    content[2000] ^= 1
    signed.write_bytes(content)
    found = looked_at(signed, anchors)
    assert found.state == "present_invalid"
    assert "assertion.dataHash.mismatch" in found.problems
    assert looked_at(signed, None).state == "present_invalid"


def test_one_studios_file_is_not_trusted_for_anothers_sake(tmp_path: Path, studio: Studio) -> None:
    anchors = tmp_path / "anchors.pem"
    anchors.write_text(Studio().anchors)
    signed = studio.sign(sound_file(tmp_path / "plain.flac"), tmp_path / "signed.flac")
    assert looked_at(signed, anchors).state == "present_untrusted"


@pytest.mark.parametrize("suffix", [".wav", ".mp3", ".flac", ".m4a"])
def test_a_file_without_credentials_says_nothing(tmp_path: Path, suffix: str) -> None:
    assert looked_at(sound_file(tmp_path / f"plain{suffix}")) == Credentials(state="none")


def test_a_kind_of_file_that_is_not_read_is_unreadable_and_nothing_worse(tmp_path: Path) -> None:
    found = looked_at(sound_file(tmp_path / "plain.opus"))
    assert (found.state, found.detail) == ("unreadable", "Credentials of this kind of file are not read.")


def test_credentials_on_a_server_are_not_fetched(tmp_path: Path, studio: Studio) -> None:
    with web(lambda _: Answer(status=404)) as server:
        plain = sound_file(tmp_path / "plain.mp3")
        signed = studio.sign(plain, tmp_path / "signed.mp3", remote=f"http://{server.address}/credentials.c2pa")
        found = looked_at(signed)
        assert server.requests == []
        # The library itself would have.
        with pytest.raises(C2paError), signed.open("rb") as stream:
            Reader.try_create(None, stream)
        assert [one.path for one in server.requests] == ["/credentials.c2pa"]
    assert (found.state, found.detail) == ("unreadable", "Its credentials are on another server, which is not asked.")


async def test_the_child_finds_the_same_and_a_parser_that_chokes_is_no_problem(
    tmp_path: Path, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed = studio.sign(sound_file(tmp_path / "plain.wav"), tmp_path / "signed.wav")
    assert await laboratory.look(signed, None, seconds=60) == look(Order(original_path=str(signed)))
    gone = await laboratory.look(tmp_path / "gone.wav", None, seconds=60)
    assert gone.credentials.state == "unreadable"
    assert (await laboratory.look(signed, None, seconds=0.05)).credentials.state == "unreadable"


def test_tags_say_which_programs_wrote_a_file(tmp_path: Path) -> None:
    path = sound_file(tmp_path / "tagged.mp3", None, comment="made with suno; id=1", title="Suno", artist="Udio")
    found = declared.read(path)
    assert Declared(tag="comment", value="made with suno; id=1", generator="Suno") in found
    assert {one.tag for one in found} == {"comment", "encoder"}
    assert all(one.generator is None for one in found if one.tag == "encoder")


@pytest.mark.parametrize(
    ("words", "generator"),
    [
        ("made with suno created=2026", "Suno"),
        ("ACE-Step 1.5", "ACE-Step"),
        ("stable_audio", "Stable Audio"),
        ("Lavf59.27.100", None),
        ("Sunoco, Boomyland", None),
        ("", None),
    ],
)
def test_makers_are_known_by_whole_words(words: str, generator: str | None) -> None:
    assert declared.generator_in(words) == generator


def test_a_report_with_strange_tags_is_read_all_the_same() -> None:
    report: dict[str, Any] = {
        "format": {"tags": {"ENCODER": "A\nB\x00", "comment": " ", "url": "x" * 5000}},
        "streams": [{"tags": {"encoder": "A B"}}, {}],
    }
    found = declared.of_report(report)
    assert [(one.tag, len(one.value)) for one in found] == [("encoder", 3), ("url", 200)]


@pytest.mark.parametrize(
    ("state", "confidence"),
    [
        ("none", "none"),
        ("unreadable", "none"),
        ("present_invalid", "low"),
        ("present_untrusted", "medium"),
        ("present_valid", "high"),
    ],
)
def test_every_finding_says_what_it_proves_and_what_it_does_not(state: Any, confidence: str) -> None:
    evidence = Evidence(
        credentials=Credentials(state=state, generator="G", source_types=("trainedAlgorithmicMedia",)),
        declared=(Declared(tag="encoder", value="E"), Declared(tag="comment", value="Udio", generator="Udio")),
    )
    found = meaning.findings(evidence, composed_here=True)
    assert [one.kind for one in found] == ["station", "content_credentials", "tag", "tag"]
    assert [one.confidence for one in found] == ["high", confidence, "low", "low"]
    assert "declares that a machine made it" in found[1].found
    assert all(one.proves and one.does_not_prove for one in found)
    assert len(meaning.findings(evidence, composed_here=False)) == 3

"""Files with content credentials, signed by a studio that tests make up."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import c2pa
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

STUDIO = "Test Studio"
MACHINE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
CREATED = {"action": "c2pa.created", "digitalSourceType": MACHINE, "softwareAgent": {"name": "Song Machine"}}
MANIFEST = {
    "claim_generator_info": [{"name": "Song Machine", "version": "1.0"}],
    "title": "A song",
    "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [CREATED]}}],
}


class Studio:
    """Somebody who signs, with a certificate of their own making; `anchors` is what one would have to trust."""

    def __init__(self) -> None:
        root, self._key = generate_private_key(SECP256R1()), generate_private_key(SECP256R1())
        self.anchors = _certificate(root, root, issued_by=None)
        self._chain = _certificate(self._key, root, issued_by=STUDIO) + self.anchors

    def sign(self, source: Path, target: Path, *, remote: str | None = None) -> Path:
        """Write a signed file; with `remote` its credentials are said to be at that address, and are not in it."""
        builder = c2pa.Builder(MANIFEST)
        if remote:
            builder.set_no_embed()
            builder.set_remote_url(remote)
        signer = c2pa.Signer.from_callback(self._signature, c2pa.C2paSigningAlg.ES256, self._chain)
        builder.sign_file(str(source), str(target), signer)
        return target

    def _signature(self, data: bytes) -> bytes:
        r, s = decode_dss_signature(self._key.sign(data, ECDSA(SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def _certificate(of: EllipticCurvePrivateKey, by: EllipticCurvePrivateKey, *, issued_by: str | None) -> str:
    """A certificate authority's own without `issued_by`, otherwise one for signing that it issued."""
    now, authority = datetime.now(UTC), issued_by is None
    usages = {"digital_signature": not authority, "key_cert_sign": authority, "crl_sign": authority}
    others = dict.fromkeys(
        (
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(_name("Authority" if authority else "Signer"))
        .issuer_name(_name("Authority"))
        .public_key(of.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usages, **others), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(of.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
    )
    if not authority:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        certificate = certificate.add_extension(usage, critical=False)
    return certificate.sign(by, SHA256()).public_bytes(Encoding.PEM).decode()


def _name(common: str) -> x509.Name:
    words = ((NameOID.COMMON_NAME, common), (NameOID.ORGANIZATION_NAME, STUDIO))
    return x509.Name([x509.NameAttribute(kind, word) for kind, word in words])

"""A certificate for a door of ours, for tests."""
from program import run


def make_certificate(folder, name):
    """A key and a certificate for localhost that signs itself, as files of that name."""
    run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
         "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem"])
    (folder / f"{name}.key").chmod(0o600)

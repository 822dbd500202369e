"""A checkout with the real starter, a tiny program and two tiny packages: preparing it needs no network."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

RUN = Path(__file__).resolve().parents[1] / "run"
BOUND = 120.0
"""Seconds after which something that is waited for is given up."""

PYPROJECT = """
[build-system]
requires = []
build-backend = "tiny_backend"
"""
PROGRAM = """
import json, os, signal, sys, time
names = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
def main():
    print(json.dumps({"argv": sys.argv[1:], "cwd": os.getcwd(), "prefix": sys.prefix, "program": sys.argv[0],
                      "set": [name for name in names if name in os.environ]}), flush=True)
    if "wait" in sys.argv:
        signal.alarm(60)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(9))
        print("waiting", flush=True)
        signal.pause()
    sys.exit(7 if "seven" in sys.argv else 0)
"""
PYTEST = "import json, os, sys; print(json.dumps({'argv': sys.argv[1:], 'cwd': os.getcwd()}))"
BACKEND = '''
import zipfile
def build_editable(folder, settings=None, metadata=None):
    """A wheel that holds one line: where the project lies."""
    name = "roznamcha-1-py3-none-any.whl"
    with zipfile.ZipFile(folder + "/" + name, "w") as wheel:
        import os
        wheel.writestr("roznamcha.pth", os.getcwd() + "\\n")
        inside = "roznamcha-1.dist-info/"
        wheel.writestr(inside + "METADATA", "Metadata-Version: 2.1\\nName: roznamcha\\nVersion: 1\\n")
        wheel.writestr(inside + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(inside + "entry_points.txt", "[console_scripts]\\nroznamcha = tiny_program:main\\n")
        wheel.writestr(inside + "RECORD", "")
    return name
'''


@dataclass
class Checkout:
    """The folder `top` with the packages, and in it the checkout."""

    top: Path

    @property
    def code(self) -> Path:
        """The checkout itself."""
        return self.top / "the project"

    def start(self, *arguments: str, cwd: Path | None = None, **environment: str) -> subprocess.Popen[str]:
        """Start it, as from a shell with `environment`."""
        env = {"PATH": os.environ["PATH"], "HOME": str(self.top), "PIP_NO_INDEX": "1", "UV_NO_INDEX": "1"}
        env |= {name: str(self.top / "packages") for name in ("PIP_FIND_LINKS", "UV_FIND_LINKS")} | environment
        return subprocess.Popen(
            [sys.executable, self.code / "run", *arguments], cwd=cwd or self.code, env=env, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip

    def run(self, *arguments: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run it to its end."""
        process = self.start(*arguments, cwd=cwd, **environment)
        out, err = process.communicate(timeout=BOUND)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def lock(self, digest: str | None = None) -> None:
        """Write the lock file: with the package's own digest, with a wrong one, or with "" for none."""
        wheel = next((self.top / "packages").glob("*.whl"))
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest() if digest is None else digest
        (self.code / "requirements.lock").write_text(
            f"tiny-backend==1 --hash=sha256:{digest}\n" if digest else "tiny-backend==1\n"
        )


def build(top: Path) -> Checkout:
    """Lay out a checkout, nothing prepared."""
    checkout = Checkout(top)
    (top / "packages").mkdir()
    checkout.code.mkdir()
    with zipfile.ZipFile(top / "packages" / "tiny_backend-1-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tiny_backend.py", BACKEND)
        wheel.writestr("pytest.py", PYTEST)
        wheel.writestr("tiny_backend-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny-backend\nVersion: 1\n")
        wheel.writestr(
            "tiny_backend-1.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr("tiny_backend-1.dist-info/RECORD", "")
    shutil.copy(RUN, checkout.code / "run")
    (checkout.code / "pyproject.toml").write_text(PYPROJECT)
    (checkout.code / "tiny_program.py").write_text(PROGRAM)
    (checkout.code / "tests").mkdir()
    (checkout.code / "benchmarks").mkdir()
    (checkout.code / "benchmarks" / "shared.py").write_text("")
    (checkout.code / "benchmarks" / "one.py").write_text('if __name__ == "__main__":\n    print("benchmarked")\n')
    checkout.lock()
    return checkout

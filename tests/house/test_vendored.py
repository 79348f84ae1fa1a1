"""What others wrote is listed, with its licence, and is what was listed."""

import hashlib
import re
from pathlib import Path

VENDOR = Path(__file__).parents[2] / "zerowaste" / "web" / "static" / "vendor"
ABOUT = {"README.md", "LICENCES.txt"}
ROW = re.compile(r"\| `([^`]+)` \| [^|]+ \| ([^|]+) \| ([^|]+) \| `([0-9a-f]{64})` \|")


def test_each_file_is_the_one_that_is_listed() -> None:
    listed = {name: digest for name, _, _, digest in ROW.findall((VENDOR / "README.md").read_text("utf-8"))}
    files = {file.relative_to(VENDOR).as_posix(): file for file in VENDOR.rglob("*") if file.is_file()}
    found = {
        name: hashlib.sha256(file.read_bytes()).hexdigest()
        for name, file in files.items()
        if name not in ABOUT
    }
    assert found == listed

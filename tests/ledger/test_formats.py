"""The C2SP formats: their own examples, what others' tools read, and what may not be read at all."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from roznamcha.errors import Broken, Refused
from roznamcha.ledger.keys import Keys
from roznamcha.ledger.merkle import leaf_hash
from roznamcha.ledger.notes import Signer, body_of, fit_for_a_name, note_of, signer_of, vkey_of
from roznamcha.ledger.tiles import Place, bundle_of, leaves_of, place_of, places
from roznamcha.ledger.verify import COSIGNATURE, Bad, includes, key_of, open_checkpoint, open_proof, signed_by
from tests.ledger.logs import SIGNER, log_of
from tests.peers.installed import NoPeer, go_reader
from tests.peers.published import needs

FOO = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
WITNESS = Signer("witness.example/w1", b"w" * 32, COSIGNATURE)
BODY = body_of("tlog.example/test/2026", 5, b"r" * 32)


def test_the_example_in_the_signed_note_text() -> None:
    """Its key and its signature, of a note that is no checkpoint: read, and found signed."""
    key = key_of(FOO)
    line = "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
    note = b"This is an example message.\n\n\xe2\x80\x94 example.com/foo " + line.encode() + b"\n"
    assert vkey_of(key) == FOO
    with pytest.raises(Bad, match="origin, size and root"):
        open_checkpoint(note)
    as_checkpoint = open_checkpoint(note_of(BODY, note.partition(b"\n\n")[2]))
    assert signed_by(key, as_checkpoint._replace(body=b"This is an example message.\n")) == 0


def test_a_checkpoint_is_signed_and_cosigned() -> None:
    """The log's line and a witness's with its time; a stranger's line is passed over, a false one spoils the note."""
    stranger = Signer("stranger.example", b"x" * 32)
    lines = SIGNER.sign(BODY), stranger.sign(BODY), WITNESS.sign(BODY, 1_790_000_000)
    found = open_checkpoint(note_of(BODY, *lines))
    assert (found.origin, found.size, found.root) == ("tlog.example/test/2026", 5, b"r" * 32)
    assert (signed_by(SIGNER.key, found), signed_by(WITNESS.key, found)) == (0, 1_790_000_000)
    assert signed_by(Signer(SIGNER.name, b"y" * 32).key, found) is None
    other = open_checkpoint(note_of(body_of(SIGNER.name, 6, b"r" * 32), *lines))
    for key in (SIGNER.key, WITNESS.key):
        with pytest.raises(Bad, match="is not its own"):
            signed_by(key, other)


@pytest.mark.parametrize(
    "note",
    [
        BODY,
        BODY + b"\n",
        note_of(BODY, b"- a AAAA\n"),
        note_of(BODY, "\u2014 a AAA\n".encode()),
        note_of(BODY, SIGNER.sign(BODY).rstrip(b"\n")),
        note_of(BODY.replace(b"\n5\n", b"\n05\n"), SIGNER.sign(BODY)),
        note_of(BODY.replace(b"\n5\n", b"\n-5\n"), SIGNER.sign(BODY)),
        note_of(body_of("a", 5, b"r" * 31), SIGNER.sign(BODY)),
        note_of(BODY.replace(b"\n", b"\r\n"), SIGNER.sign(BODY)),
        note_of(b"a\xff\n5\n" + BODY[-45:], SIGNER.sign(BODY)),
    ],
)
def test_what_is_no_checkpoint(note: bytes) -> None:
    """Whatever is written in another way than the one is refused, and nothing of it is believed."""
    with pytest.raises(Bad, match=r"checkpoint|base64"):
        open_checkpoint(note)


def test_keys_are_written_and_read_back() -> None:
    """A signing key as it is kept, and its public half; what was damaged is neither."""
    assert signer_of(f"{WITNESS.written}\n") == WITNESS
    assert key_of(vkey_of(WITNESS.key)) == WITNESS.key
    for text in ("", "PRIVATE+KEY+a", SIGNER.written[:-5], SIGNER.written.replace("test", "tost")):
        with pytest.raises(Broken, match="is no signing key"):
            signer_of(text)
    for text in ("", "a", FOO[:-4], FOO.replace("foo", "fob"), FOO.replace("foo", "f o")):
        with pytest.raises(Bad):
            key_of(text)
    assert fit_for_a_name("a.example/B_1-2")


@pytest.mark.parametrize("name", ["a b", "a+b", "", "\u0905", 'a"b', "a\\b", "a$b", "a'b", "a\n", "a:b", "a" * 101])
def test_what_would_spoil_leaves_is_no_name(name: str, tmp_path: Path) -> None:
    """A name stands in every leaf for ever: no key is drawn or read whose name JSON or a shell takes otherwise."""
    assert not fit_for_a_name(name)
    keys = Keys(tmp_path / "keys")
    for drawn in (lambda: keys.base(name or " "), lambda: keys.base("a" * 95), lambda: keys.make(name)):
        with pytest.raises(Refused, match=r"can't be a log's name|can't be a ledger's name"):
            drawn()
    assert not keys.folder.exists()
    with pytest.raises(Broken, match="is no signing key"):
        signer_of(Signer(name, b"s" * 32).written)


def test_paths_of_tiles() -> None:
    """The examples of the text, both ways; no other way to write one is known."""
    assert Place(0, 1_234_067).path == "tile/0/x001/x234/067"
    assert place_of("tile/entries/x001/234.p/5") == Place(None, 1234, 5)
    for place in (Place(0, 0), Place(63, 999, 255), Place(None, 1_000), Place(2, 0, 1)):
        assert place_of(place.path) == place
    for path in ("tile/0/1", "tile/00/001", "tile/64/001", "tile/0/000.p/256", "tile/0/x000/001", "tile/0/001/", "x"):
        assert place_of(path) is None
    count = [(each.level, each.width == 256) for each in places(70_000)]
    assert [count.count(each) for each in ((0, True), (0, False), (1, True), (1, False), (2, False))] == [
        273,
        1,
        1,
        1,
        1,
    ]
    assert [each.path for each in places(256, 255)] == ["tile/0/000", "tile/entries/000", "tile/1/000.p/1"]
    assert list(places(300, 300)) == []


def test_bundles_of_leaves() -> None:
    """Leaves behind their lengths; a bundle that is cut is none."""
    leaves = [b"", b"a" * 65_535, b"{}"]
    assert leaves_of(bundle_of(leaves)) == leaves
    with pytest.raises(ValueError, match="more than 65535"):
        bundle_of([b"a" * 65_536])
    for cut in (1, 2, 4):
        with pytest.raises(ValueError, match="is cut"):
            leaves_of(bundle_of([b"abc"])[:cut])


def test_a_proof_holds_its_checkpoint() -> None:
    """Index, hashes and head, in one text that needs nothing else."""
    log = log_of(300)
    index, hashes, note = open_proof(log.proof(257))
    head = open_checkpoint(note)
    assert includes(index, head.size, leaf_hash(log.leaves[257]), hashes, head.root)
    with_extra = log.proof(257).replace(b"@v1\n", b"@v1\nextra YWE=\n")
    assert open_proof(with_extra) == (index, hashes, note)
    for damaged in (b"", b"c2sp.org/tlog-proof@v1\n\n", log.proof(0).replace(b"index 0", b"index 00")):
        with pytest.raises(Bad):
            open_proof(damaged)


def test_others_read_the_whole_log(tmp_path: Path) -> None:
    """Go's own sumdb/note and sumdb/tlog check the signature, every tile, proofs of leaves, and an older head."""
    try:
        reader = go_reader()
    except NoPeer as missing:
        needs(missing)
    log = log_of(66_000)
    proved = [0, 255, 256, 65_535, 65_536, 65_999]
    log.write(tmp_path, proved, 40_000)
    done = subprocess.run([reader, str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    root = log.checkpoint.decode().split("\n")[2]
    assert done.stdout.split() == ["66000", root, str(len(proved))]
    tile = tmp_path / "tile/0/003"
    whole = tile.read_bytes()
    tile.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert subprocess.run([reader, str(tmp_path)], capture_output=True, check=False).returncode == 1

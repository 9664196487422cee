"""Tests of the set-up's downloads against a server on this machine: python3 -m unittest discover -s scripts"""

import contextlib
import hashlib
import http.server
import io
import os
import sys
import tempfile
import threading
import unittest
import zipfile
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parent))

import setup as steps  # noqa: E402
import setup_download  # noqa: E402
from setup_parts import Archive, Part, parts  # noqa: E402

CONTENT = bytes(range(256)) * 4096


class Registry(http.server.BaseHTTPRequestHandler):
    """Serves CONTENT; cuts the connection after `cut` bytes for the first `cuts` requests."""

    cut, cuts, body, ranges = 0, 0, CONTENT, []

    def do_GET(self):
        if self.path == "/simple/thing/":
            page = b'<a href="../../files/thing-1.whl#sha256=00">thing-1.whl</a>'
            self._answer(200, page, "text/html")
        elif self.path == "/files/thing-1.whl":
            asked = self.headers.get("Range")
            Registry.ranges.append(asked)
            start = int(asked[len("bytes=") : -1]) if asked else 0
            self._answer(206 if asked else 200, Registry.body[start:], "application/zip")
        else:
            self.send_error(404)

    def _answer(self, status, body, kind):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if kind == "application/zip" and Registry.cuts > 0:
            Registry.cuts -= 1
            body = body[: Registry.cut]
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def archive(body=CONTENT, **changes):
    fields = {
        "kind": "pypi",
        "place": "thing",
        "file": "thing-1.whl",
        "size": len(body),
        "sha256": hashlib.sha256(body).hexdigest(),
        "unpack": {"folder/": "models/xx"},
    }
    return Archive(**{**fields, **changes})


class SetupTest(unittest.TestCase):
    def setUp(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Registry)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        Registry.cut, Registry.cuts, Registry.body, Registry.ranges = 0, 0, CONTENT, []
        for patch in (
            mock.patch.dict(os.environ, {"PIP_INDEX_URL": self.address + "/simple", "no_proxy": "127.0.0.1"}),
            mock.patch.object(setup_download, "PYPI", self.address + "/simple"),
            mock.patch("time.sleep"),
            contextlib.redirect_stdout(io.StringIO()),
        ):
            patch.__enter__()
            self.addCleanup(patch.__exit__, None, None, None)

    def test_a_connection_that_breaks_is_taken_up_where_it_ended(self):
        Registry.cut, Registry.cuts = 300_000, 2
        got = setup_download.fetch(archive(), "thing", self.folder)
        self.assertEqual(got.read_bytes(), CONTENT)
        self.assertEqual(Registry.ranges, [None, "bytes=300000-", "bytes=600000-"])

    def test_a_part_left_by_an_earlier_run_is_continued(self):
        (self.folder / "thing-1.whl.part").write_bytes(CONTENT[:1000])
        setup_download.fetch(archive(), "thing", self.folder)
        self.assertEqual(Registry.ranges, ["bytes=1000-"])

    def test_other_bytes_than_expected_are_refused_and_deleted(self):
        Registry.body = CONTENT[::-1]
        with self.assertRaisesRegex(setup_download.DownloadFailed, "another digest"):
            setup_download.fetch(archive(), "thing", self.folder)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_a_file_that_is_not_on_the_index_says_so(self):
        with self.assertRaisesRegex(setup_download.DownloadFailed, "has no other.whl"):
            setup_download.fetch(archive(file="other.whl"), "thing", self.folder)

    def test_the_second_archive_is_taken_when_the_first_cannot_be_had(self):
        body = self._zip({"folder/a/b": b"x"})
        Registry.body = body
        gone = archive(kind="web", place=self.address + "/gone.zip", file="gone.zip")
        part = Part("thing", "a thing", (gone, archive(body)))
        with self._root():
            entry = steps._bring(part)
            self.assertEqual((self.folder / "models/xx/a/b").read_bytes(), b"x")
            stamp = {"thing": entry}
            self.assertTrue(steps._in_place(part, stamp, verify=True))
            (self.folder / "models/xx/a/b").write_bytes(b"y")
            self.assertFalse(steps._in_place(part, stamp, verify=False))

    def test_plain_files_are_brought_one_by_one_and_none_without_the_other(self):
        def plain(name, **changes):
            place = self.address + "/files/thing-1.whl"
            return archive(kind="web", place=place, file=name, unpack={name: f"models/xx/{name}"}, **changes)

        two = plain("model.onnx", also=(plain("tokenizer.json"),))
        gone = archive(kind="web", place=self.address + "/gone", file="gone")
        half = plain("model.onnx", also=(gone,))
        with self._root():
            with self.assertRaisesRegex(setup_download.DownloadFailed, "404"):
                steps._bring(Part("thing", "a thing", (half,)))
            self.assertFalse((self.folder / "models").exists())
            entry = steps._bring(Part("thing", "a thing", (half, two)))
            for name in ("model.onnx", "tokenizer.json"):
                self.assertEqual((self.folder / "models/xx" / name).read_bytes(), CONTENT)
            self.assertTrue(steps._in_place(Part("thing", "a thing", (two,)), {"thing": entry}, verify=True))
            self.assertEqual(list((self.folder / ".setup/downloads").iterdir()), [])

    def test_a_member_that_would_leave_the_repository_is_refused(self):
        body = self._zip({"folder/../../../evil": b"x"})
        Registry.body = body
        with self._root(), self.assertRaisesRegex(ValueError, "outside the repository"):
            steps._bring(Part("thing", "a thing", (archive(body),)))

    def test_an_earlier_set_up_without_its_stamp_is_known_by_its_digests(self):
        proof = {"models/xx/a": hashlib.sha256(b"x").hexdigest()}
        part = Part("thing", "a thing", (archive(),), proof=proof)
        with self._root() as root:
            (root / "models/xx").mkdir(parents=True)
            (root / "models/xx/a").write_bytes(b"y")
            self.assertFalse(steps._in_place(part, {}, verify=False))
            (root / "models/xx/a").write_bytes(b"x")
            self.assertTrue(steps._in_place(part, {}, verify=False))

    @contextlib.contextmanager
    def _root(self):
        root = self.folder.resolve()
        (root / ".setup").mkdir()
        with mock.patch.object(steps, "ROOT", root), mock.patch.object(steps, "SETUP", root / ".setup"):
            with mock.patch.object(steps, "STAMP", root / ".setup/installed.json"):
                yield root

    @staticmethod
    def _zip(members):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as opened:
            for name, content in members.items():
                opened.writestr(name, content)
        return out.getvalue()


class PartsTest(unittest.TestCase):
    def test_every_part_has_one_name_and_whole_digests_of_what_it_brings(self):
        names = [part.name for part in parts()]
        self.assertEqual(len(names), len(set(names)))
        for part in parts():
            places = [path for one in part.archives for piece in (one, *one.also) for path in piece.unpack.values()]
            for file, digest in part.proof.items():
                self.assertRegex(digest, "^[0-9a-f]{64}$", file)
                self.assertTrue(any(file == place or file.startswith(place + "/") for place in places), file)
            for one in part.archives:
                self.assertRegex(one.sha256, "^[0-9a-f]{64}$", one.file)

    def test_a_korean_model_comes_beside_the_english_one(self):
        brought = {part.name: part.archives[0].unpack for part in parts()}
        self.assertEqual(list(brought["model-en"].values()), ["models/en"])
        self.assertEqual(list(brought["model-ko"].values()), ["models/ko"])


if __name__ == "__main__":
    unittest.main()

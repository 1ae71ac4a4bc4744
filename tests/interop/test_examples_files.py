"""The official client's example scripts about files, run unmodified: searched, listed, downloaded, banned."""

import hashlib
import json
import unittest
import zipfile
from pathlib import Path

from cbapi.errors import ObjectNotFoundError
from cbapi.response import Binary

from scripts import ScriptCase
from test_binaries import DOCUMENTED


class Files(ScriptCase):
    OPTIONS = ("--processes", "2000")

    def test_binaries_are_searched_and_described(self):
        """binary_search: a block for each file, with names that are those it was seen under."""
        ran = self.script("binary_search", "--query", "observed_filename:svch0st.exe")
        payload = self.payload()
        told = dict(line.split(" : ", 1) for line in ran.lines if " : " in line)
        told = {name.strip(): value for name, value in told.items()}
        self.assertEqual(ran.lines[0], payload.md5)
        self.assertEqual(told["Size (bytes)"], str(payload.size))
        self.assertEqual((told["Signature Status"], told["Publisher"]), ("False", "n/a"))
        self.assertEqual((told["EXE"], told["On-Disk Filename"]), ("True", "svch0st.exe"))

    def test_every_hash_is_exported_once(self):
        """binary_export: the hashes of all files, a line for each."""
        self.script("binary_export", "--filename", "hashes")
        hashes = Path("hashes").read_text().split()
        self.assertEqual(len(hashes), self.server.json("/api/v1/binary", rows=0)["total_results"])
        self.assertEqual(set(hashes), {binary.md5 for binary in self.cb.select(Binary)})
        self.assertEqual(len(hashes), len(set(hashes)))

    def test_a_binary_is_downloaded(self):
        """binary_download: the file itself, not the archive that it comes in."""
        payload = self.payload()
        ran = self.script("binary_download", "--md5", payload.md5, "--filename", "payload")
        self.assertEqual(ran.out, f"-> Downloaded binary {payload.md5} [{payload.size} bytes]\n")
        content = Path("payload").read_bytes()
        self.assertEqual(hashlib.md5(content).hexdigest().upper(), payload.md5)
        self.script("binary_download", "--md5", DOCUMENTED, "--filename", "service")
        self.assertEqual(Path("service").read_bytes()[:2], b"MZ")

    def test_all_binaries_are_dumped_with_their_documents(self):
        """dump_all_binaries: each file that the server has, beside its document; of those that are not kept, or
        whose archives lie, what is left is empty."""
        self.script("dump_all_binaries", "-d", "dump", "--query", "os_type:windows is_executable_image:true")
        query = self.cb.select(Binary).where("os_type:windows is_executable_image:true")
        sizes = {"kept": 0, "not kept": 0}
        for binary in query:
            path = Path("dump", binary.md5[:3], binary.md5[3:6], binary.md5)
            content, document = path.read_bytes(), path.with_name(path.name + ".json")
            if not document.exists():
                with self.assertRaises((ObjectNotFoundError, zipfile.BadZipFile, KeyError)):
                    binary.file.read()
                sizes["not kept"] += 1
                self.assertEqual(content, b"")
                continue
            sizes["kept"] += 1
            self.assertEqual(len(content), binary.copied_size)
            self.assertEqual(json.loads(document.read_text())["md5"], binary.md5)
        self.assertEqual(len(list(Path("dump").glob("*/*/*"))), 2 * sizes["kept"] + sizes["not kept"])
        self.assertTrue(all(sizes.values()), sizes)

    def test_a_hash_is_banned_once(self):
        """ban_hash: banned with its reason; the second time is a conflict, and changes nothing."""
        md5 = "9e107d9d372bb6826bd81d3542a419d6"
        ran = self.script("ban_hash", "-H", md5, "-d", "a test")
        self.assertEqual(ran.out, f"Hash {md5} successfully banned\n")
        ban = self.server.json(f"/api/v1/banning/blacklist/{md5}")
        self.assertEqual((ban["enabled"], ban["text"]), (True, "a test"))
        ran = self.script("ban_hash", "-H", md5, "-d", "again")
        said = f"Error banning hash {md5}: Received error code 409 from API: Ban for md5 '{md5}' already exists"
        self.assertEqual(ran.out.strip(), said)
        self.assertEqual(self.server.json(f"/api/v1/banning/blacklist/{md5}")["text"], "a test")
        ran = self.script("ban_hash", "-H", "no-hash")
        self.assertTrue(ran.out.startswith("Error banning hash no-hash: "), ran.out)


if __name__ == "__main__":
    unittest.main()

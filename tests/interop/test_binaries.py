"""Files: searched, looked into and downloaded by the official client, and by lampblack for whoever opens them."""

import hashlib
import io
import os
import stat
import unittest
import zipfile

from cbapi.response import Binary

from server import ServerCase

# Nothing that the simulator could make up has this hash, so the content is another; it is whole.
DOCUMENTED = "7FB55F5A62E78AF9B58D08AAEEAEF848"


class Binaries(ServerCase):
    def test_the_documentations_file_is_looked_into(self):
        binary = self.cb.select(Binary, DOCUMENTED)
        self.assertEqual(binary.original_filename, "PSEXESVC.EXE")
        self.assertEqual(binary.file.read(2), b"MZ")
        self.assertEqual(binary.size, binary.copied_mod_len)
        self.assertEqual(len(binary.file.read()), binary.size)
        self.assertEqual(
            self.server.requests("/binary"),
            [f"GET /api/v1/binary/{DOCUMENTED}/summary"] + 2 * [f"GET /api/v1/binary/{DOCUMENTED}"],
        )

    def test_lampblack_shows_the_same_first_bytes(self):
        code, out, notes = self.home().lampblack("binary", "show", DOCUMENTED, "--head", "16")
        self.assertEqual(code, 0, notes)
        read = self.cb.select(Binary, DOCUMENTED).file.read(16)
        self.assertEqual(bytes.fromhex(out[8:60]), read)

    def test_a_file_hashes_to_its_name(self):
        binary = self.payload()
        content = binary.file.read()
        self.assertEqual(hashlib.md5(content).hexdigest().upper(), binary.md5)
        self.assertEqual(len(content), binary.size)

    def test_every_page_of_a_search_is_read(self):
        query = self.cb.select(Binary).where("os_type:windows").sort("host_count desc")
        hashes = [binary.md5 for binary in query]
        self.assertEqual(len(hashes), len(set(hashes)))
        self.assertEqual(len(hashes), len(query))
        code, out, notes = self.home().lampblack(
            "binary", "search", "os_type:windows", "--sort", "host_count desc", "--limit", "0", "--format", "csv"
        )
        self.assertEqual(code, 0, notes)
        for md5 in hashes:
            self.assertIn(md5.lower(), out)
        self.assertEqual(len(out.splitlines()), len(hashes) + 1)

    def test_what_lampblack_keeps_is_opened_by_others(self):
        binary = self.payload()
        content = binary.file.read()
        home = self.home()
        for option in ([], ["--protect"], ["--extract"]):
            path = os.path.join(home.path, "kept" + "".join(option))
            code, out, notes = home.lampblack("binary", "download", binary.md5, "-o", path, *option)
            self.assertEqual((code, out), (0, path + "\n"), notes)
            self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
            with open(path, "rb") as file:
                kept = file.read()
            if option == ["--extract"]:
                self.assertEqual(kept, content)
                continue
            archive = zipfile.ZipFile(io.BytesIO(kept))
            if option:
                (name,) = archive.namelist()
                self.assertEqual(name, f"{binary.md5.lower()}-svch0st.exe.bin")
                with self.assertRaises(RuntimeError):
                    archive.read(name)
                self.assertEqual(archive.read(name, pwd=b"infected"), content)
            else:
                self.assertEqual(archive.namelist(), ["filedata", "metadata"])
                self.assertEqual(archive.read("filedata"), content)


if __name__ == "__main__":
    unittest.main()

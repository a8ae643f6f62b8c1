"""A small mail server for tests: takes every letter and keeps it."""
import re
import socketserver
import threading


class Dialogue(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b"220 mail.test\r\n")
        for line in self.rfile:
            word = line[:4].upper()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                if not self.take():
                    return
                self.wfile.write(b"250 kept\r\n")
            elif word == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 yes\r\n")

    def take(self):
        """A letter up to the final dot; False when the sender went away before it."""
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                self.server.letters.append(b"".join(lines))
                return True
            lines.append(line[1:] if line.startswith(b".") else line)
        return False


class Postbox(socketserver.ThreadingTCPServer):
    """`with Postbox() as post`: post.port, and post.letters, the bytes as they were sent."""
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Dialogue)
        self.letters = []
        self.port = self.server_address[1]

    def __enter__(self):
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *failure):
        self.shutdown()
        self.server_close()

    def by_id(self):
        """Message-ID -> the letters with it."""
        found = {}
        for letter in self.letters:
            name = re.search(rb"^Message-I[Dd]: *<([^>]*)>", letter, re.M)
            found.setdefault(name.group(1).decode() if name else None, []).append(letter)
        return found

"""The words of the public folder. A file is read anew when it is another one, or was changed."""
import collections
import os
import pathlib
import sys

BLANK = bytes.maketrans(b"\"'<>/,;:()[]{}=&?#\n\t", b" " * 20)


def walk(folder):
    """(path, what changes with the file) of every file below, but for the tiles of the log."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name == "tile":
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from walk(entry.path)
            elif entry.is_file():
                stat = entry.stat()
                yield entry.path, (stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)


def words_of(path):
    """Each once, and one copy of it for all files."""
    text = pathlib.Path(path).read_bytes().translate(BLANK).decode(errors="replace")
    return tuple(map(sys.intern, set(text.split())))


class Shown:
    def __init__(self):
        self.files = {}                       # path -> (what changes with it, its words)
        self.words = collections.Counter()    # in how many files each is

    def look(self, folder):
        before, self.files = self.files, {}
        for path, stamp in walk(folder) if os.path.isdir(folder) else ():
            known = before.pop(path, (None, ()))
            self.files[path] = known if known[0] == stamp else (stamp, self.exchange(known[1], words_of(path)))
        for _, words in before.values():
            self.exchange(words, ())

    def exchange(self, old, new):
        self.words.update(new)
        for word in old:
            self.words[word] -= 1
            if not self.words[word]:
                del self.words[word]
        return new

    def naming(self, hidden):
        """(word, name of a file that has it) of those words that are to be hidden."""
        found = self.words.keys() & hidden
        for path, (_, words) in self.files.items() if found else ():
            yield from ((word, os.path.basename(path)) for word in found.intersection(words))

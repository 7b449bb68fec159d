"""Checks that need no compiler. Each takes the Tree and returns a list of findings."""

import re
import subprocess

CODE = {".h", ".cpp", ".c"}

# The layers of src/: a folder may include itself, message, base, these, and what these may include.
LAYERS = {
    "capi": {"socket", "context"},
    "context": {"socket", "link", "reactor"},
    "socket": {"pattern", "link", "pipe", "sync", "options"},
    "pattern": {"pipe", "options"},
    "link": {"zmtp", "transport", "reactor", "pipe", "sync", "options"},
    "zmtp": {"security"},
    "security": set(),
    "transport": set(),
    "reactor": {"sync"},
    "pipe": {"sync"},
    "sync": set(),
    "options": set(),
    "message": set(),
    "base": set(),
}
EVERYWHERE = {"message", "base"}


def below(folder):
    """All folders that a folder may include."""
    if folder in EVERYWHERE:
        return {"base", folder}
    found = EVERYWHERE | {folder}
    for lower in LAYERS[folder]:
        found |= below(lower)
    return found


class Tree:
    """The files of the project: what git tracks or would track."""

    def __init__(self, root):
        self.root = root
        # Whose checkout it is does not matter to us, but does to git.
        listing = subprocess.run(
            ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others",
             "--exclude-standard"], cwd=root, capture_output=True, text=True, check=False)
        if listing.returncode == 0:
            names = set(listing.stdout.splitlines())
        else:  # not a checkout
            names = {str(f.relative_to(root)) for f in root.rglob("*")
                     if not re.search(r"/(build|\.git|__pycache__)/", str(f))}
        self.files = sorted(f for f in names if (root / f).is_file())
        self._texts = {}

    def text(self, name):
        """The content of a text file; None for a binary one."""
        if name not in self._texts:
            data = (self.root / name).read_bytes()
            self._texts[name] = None if b"\0" in data else data.decode("utf-8", "replace")
        return self._texts[name]

    def code(self, *folders):
        """The names of C and C++ files, all or those below some folders."""
        return [f for f in self.files
                if "." + f.rpartition(".")[2] in CODE
                and (not folders or f.startswith(tuple(d + "/" for d in folders)))]


def layers(tree):
    """An include in src/ goes to the right in docs/architecture.md, never up."""
    findings = []
    for name in tree.code("src"):
        folder = name.split("/")[1]
        if folder not in LAYERS:
            findings.append(f"{name}: src/{folder} is no layer")
            continue
        allowed = below(folder)
        for line, text in enumerate(tree.text(name).splitlines(), 1):
            include = re.match(r'\s*#\s*include\s*"([^"]+)"', text)
            if not include or include[1] == "zmq.h":
                continue
            target = include[1].split("/")[0]
            if target not in allowed:
                findings.append(f"{name}:{line}: {folder} may not include {include[1]}")
            elif f"src/{include[1]}" not in tree.files:
                findings.append(f"{name}:{line}: {include[1]} is not relative to src/")
    return findings


def limits(tree):
    """Lengths: a file 500 lines (of tests 600), a line 100 columns, a folder's README 20 lines."""
    findings = []
    scripts = [f for f in tree.files if f.endswith((".py", ".sh", ".cmake")) or f == "dev"]
    for name in tree.code() + scripts:
        text = tree.text(name)
        if text is None:
            findings.append(f"{name}: not a text file")
            continue
        lines = text.splitlines()
        # zmq.h is one file because programs copy it around as one; the probe is a list of calls.
        if name.startswith("abi/probe/"):
            continue
        most = 600 if name.startswith("tests/") else 500
        if len(lines) > most and name != "include/zmq.h":
            findings.append(f"{name}: {len(lines)} lines, at most {most}")
        for number, line in enumerate(lines, 1):
            if len(line) > 100:
                findings.append(f"{name}:{number}: {len(line)} columns, at most 100")
            if line != line.rstrip() or "\t" in line:
                findings.append(f"{name}:{number}: tab or trailing space")
    for name in tree.files:
        if re.fullmatch(r"src/\w+/README\.md", name):
            length = len(tree.text(name).splitlines())
            if length > 20:
                findings.append(f"{name}: {length} lines, at most 20")
    return findings


def texts(tree):
    """Words: a TODO has a number, a header a comment and one guard; no #ifdef in logic."""
    findings = []
    for name in tree.code():
        lines = tree.text(name).splitlines()
        for number, line in enumerate(lines, 1):
            if re.search(r"\b(TODO|FIXME|XXX)\b(?!\(#\d+\))", line):
                findings.append(f"{name}:{number}: write TODO(#issue)")
            if name.startswith("src/") and re.match(r"\s*#\s*(if|ifdef|ifndef|elif)\b", line):
                findings.append(f"{name}:{number}: platforms differ by file, not by #if")
            is_sleep = re.search(r"\b(sleep_(for|until)|usleep)\(", line)
            if is_sleep and name.startswith("tests/unit/"):
                findings.append(f"{name}:{number}: wait for a condition instead of sleeping")
        if name.endswith(".h") and not name.startswith("include/"):
            guard = re.search(r"(?m)^#(pragma once|ifndef \w+_H)$", tree.text(name))
            if not guard:
                findings.append(f"{name}: no include guard")
            if not lines[0].startswith("//") and not lines[0].startswith("/*"):
                findings.append(f"{name}: a header opens with what it is")
    return findings


def dead_files(tree):
    """Every header is included, every other file is built by a glob or named by another file; data
    may also lie in a folder that a file names."""
    built = re.compile(r"src/\w+/\w+\.cpp|tests/(unit/\w+|explore|api|wire|sim|support)/\w+\.cpp")
    found_by_name = re.compile(r"(.*/)?(CMakeLists\.txt|README\.md|\.[^/]*)|[^/]+")
    words = {f: set(re.findall(r"[\w.+-]+", tree.text(f) or "")) for f in tree.files}
    findings = []
    for name in tree.files:
        if built.fullmatch(name) or found_by_name.fullmatch(name):
            continue
        *folders, base = name.split("/")
        wanted = {base}
        if base.endswith((".json", ".txt", ".bin", ".hex", ".c", ".cpp")):
            wanted |= {base.rpartition(".")[0], *folders[1:]}
        elif base.endswith(".py"):
            wanted.add(base[:-3])
        if not any(wanted & words[other] for other in tree.files if other != name):
            findings.append(f"{name}: nothing uses it")
    return findings

"""The apps' message catalogues: collect the texts, see what a language lacks, compile what gettext reads.

    catalogues.py update [LANGUAGE…]
                             after a text was added or changed: bring `ombord.po` of each language up to date
    catalogues.py missing    list what is not translated
    catalogues.py build      compile `ombord.mo` beside each `ombord.po`; set-up does this

Texts are the constants of the apps' `texts` modules and what the decision says: its templates are ids too.
"""

import ast
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

CHECKOUT = Path(__file__).resolve().parent.parent
LOCALE = CHECKOUT / "verifier" / "ui" / "locale"
ENGLISH = "en"  # what the texts are written in
_LIST = CHECKOUT / "verifier" / "credential" / "codelists" / "languages.json"
LANGUAGES = tuple(
    row["code"] for row in json.loads(_LIST.read_text(encoding="utf-8"))["entries"] if row["code"] != ENGLISH
)
DOMAIN = "ombord"
UNVERIFIED = "Not checked by a native speaker at sea (verified: false)."
WIDTH = 110

# Modules whose capital constants are texts, one way or another.
TEXTS = ("wallet_app/texts*.py", "verifier/inspector/texts*.py", "verifier/ui/words.py",
         "verifier/ui/texts.py", "verifier/inspection/table.py", "verifier/entitlement.py")  # fmt: skip
# Modules that speak through `Check`: every text with a space in them may come to be shown.
DECISION = ("verifier/checks.py", "verifier/decision.py", "verifier/judging.py", "verifier/remarks.py",
            "verifier/pass_decision.py", "verifier/manning_decision.py", "verifier/unverified.py",
            "verifier/verdict.py", "verifier/inspection/*.py")  # fmt: skip
# Modules whose errors become reasons (`keys/said.py`), and what such errors are called.
REASONS = ("keys/jws.py", "keys/trust/directory.py", "verifier/unverified.py", "verifier/credential/*.py")
REASONED = frozenset(
    ("Said", "NotReadable", "MalformedCredential", "MalformedProof", "WrongHolder", "MalformedJws",
     "WrongType", "MalformedSdJwt", "MalformedCarrier", "UnknownKind", "NotOneCredential",
     "InvalidCertificate", "Base45Error", "_refuse_doubled")
)  # fmt: skip
# Of these, what only the command line and the documents say, and what is collected otherwise.
NOT_IN_APPS = ("report.py", "document.py", "manning_file.py", "ship.py", "table.py")
LABELS = ("verifier/entitlement.py",)  # the lines of a certificate
TITLES = "verifier/inspection/deficiencies.yaml"
Message = str | tuple[str, str]


def messages() -> dict[Message, str]:
    """Every message id, two forms for one that counts, and the file that it stands in."""
    import yaml  # a wheel's build compiles catalogues alone, and has no yaml

    found: dict[Message, str] = {}
    for patterns, collect in (
        (TEXTS, _constants),
        (DECISION, _sentences),
        (LABELS, _labels),
        (REASONS, _reasons),
    ):
        for pattern in patterns:
            for path in sorted(CHECKOUT.glob(pattern)):
                if collect is _sentences and path.name in NOT_IN_APPS:
                    continue
                tree = ast.parse(path.read_text(encoding="utf-8"))
                for message in collect(tree):
                    found.setdefault(message, path.relative_to(CHECKOUT).as_posix())
    for row in yaml.safe_load((CHECKOUT / TITLES).read_text(encoding="utf-8"))["codes"]:
        found.setdefault(row["title"], TITLES)
    return found


def _labels(tree: ast.Module) -> Iterator[Message]:
    """The first of each pair that is yielded, and the constants that the second is made of."""
    yield from _constants(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Yield(value=ast.Tuple(elts=[ast.Constant(value=str(label)), _])):
                yield label


def _constants(tree: ast.Module) -> Iterator[Message]:
    """Texts that module-level constants are made of: alone, in a pair that counts, in tuples, in mappings."""
    for statement in tree.body:
        value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
        if value is not None:
            yield from _texts(value)


def _texts(value: ast.expr) -> Iterator[Message]:
    match value:
        case ast.Constant(value=str(text)) if any(map(str.isalpha, text)):
            yield text
        case ast.Tuple(elts=[ast.Constant(value=str(one)), ast.Constant(value=str(many))]) if "{n}" in many:
            yield one, many
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            for element in elements:
                yield from _texts(element)
        case ast.Dict(values=values):
            for element in values:
                yield from _texts(element)


def _sentences(tree: ast.Module) -> Iterator[Message]:
    """Texts of more than one word, and headlines; no docstrings."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    # What only an exception says, and the pieces of f-strings, are never looked up.
    apart = (ast.Raise, ast.JoinedStr)
    raised = {id(inner) for node in ast.walk(tree) if isinstance(node, apart) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) and id(node) not in docstrings | raised else None
        if not isinstance(text, str) or not any(map(str.isalpha, text)) or text.endswith(" | None"):
            continue  # the last is a type
        if " " in text.strip() or (text.isupper() and len(text) > 3):
            yield text


def _reasons(tree: ast.Module) -> Iterator[Message]:
    """The templates that errors are made with: there, or named as a constant of their module."""
    named = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(node, ast.Call) and getattr(called, "id", getattr(called, "attr", "")) in REASONED:
            for inner in (inner for given in node.args for inner in ast.walk(given)):
                meant = named.get(inner.id) if isinstance(inner, ast.Name) else inner
                texts = _texts(meant) if isinstance(meant, ast.expr) else ()
                yield from (one for one in texts if isinstance(one, str) and " " in one.strip(", "))


def template() -> Catalog:
    """What a translation starts from."""
    catalog = Catalog(project="Ombord", charset="utf-8", header_comment=f"# {UNVERIFIED}", fuzzy=False)
    for message, place in messages().items():
        catalog.add(message, locations=[(place, 0)])
    return catalog


def load(language: str) -> Catalog:
    """A language's catalogue as it stands; an empty one where there is none."""
    path = _path(language, "po")
    if not path.exists():
        return Catalog(locale=language, project="Ombord", charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def missing(language: str) -> list[Message]:
    """Message ids that have no translation, or one that nobody has looked at since the text changed."""
    catalog = load(language)
    lacking = []
    for message in messages():
        known = catalog.get(message if isinstance(message, str) else message[0])
        texts = [] if known is None or known.fuzzy else _strings(known.string)
        if not texts or not all(texts):
            lacking.append(message)
    return lacking


def _strings(value: object) -> list[str]:
    return [value] if isinstance(value, str) else list(value) if isinstance(value, tuple | list) else []


def update(languages: Sequence[str] = LANGUAGES) -> None:
    """Bring catalogues up to date; what is no longer said is dropped, what is new is empty."""
    for language in languages:
        catalog = load(language)
        catalog.update(template(), no_fuzzy_matching=True)
        catalog.obsolete.clear()
        path = _path(language, "po")
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalog, width=WIDTH, omit_header=False, include_lineno=False, sort_output=True)


def build() -> None:
    """Compile what gettext reads."""
    for language in LANGUAGES:
        if _path(language, "po").exists():
            with _path(language, "mo").open("wb") as file:
                write_mo(file, load(language))


def _path(language: str, kind: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.{kind}"


def main(arguments: list[str]) -> int:
    """Do one of the three."""
    match arguments:
        case ["update", *languages] if set(languages) <= {*LANGUAGES}:
            update(languages or LANGUAGES)
        case ["build"]:
            build()
        case ["missing"]:
            for language in LANGUAGES:
                for message in missing(language):
                    print(f"{language}: {message}")
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

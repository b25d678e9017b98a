"""Printable documents on the phone: fetched at sync, kept encrypted, one for each edition."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from support.scenario import competency, medical
from support.simulator import NOW
from support.sync_office import ISSUER, SyncOffice, an_answer, problem
from support.wallet import wallet_of

from keys import jws
from keys.encoding import json_object
from verifier.ui.ports.share import FakeShare, FolderShare, ShareError, downloads, plain_name
from wallet_app.core.document_store import MAX_BYTES, DocumentsError, DocumentStore
from wallet_app.core.documents import PROOF_TYPE, SECONDS_AT_A_SYNC, file_name
from wallet_app.core.held import Held
from wallet_app.core.keystore import MemoryKeyStore
from wallet_app.core.transport import Response
from wallet_app.core.troubles import PickUpError, Trouble

URL = f"{ISSUER}/api/v1/documents"
PDF = b"%PDF-1.7 a page"


@dataclass
class PrintingOffice(SyncOffice):
    """An authority that syncs and prints; `documents` answers, or a page that names the number."""

    documents: list[Response] = field(default_factory=list)
    asked: list[dict[str, object]] = field(default_factory=list)

    def send(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes | None = None
    ) -> Response:
        if url != URL:
            return super().send(method, url, headers=headers, body=body)
        request = json_object(body or b"{}")
        self.asked.append(dict(request))
        if self.documents:
            return self.documents.pop(0)
        return Response(200, "application/pdf", PDF + str(request["document_number"]).encode())


class WithPapers:
    """A wallet with two certificates and an authority that prints."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.keys = MemoryKeyStore()
        self.office = PrintingOffice(answer=an_answer())
        self.wallet = wallet_of(
            folder, competency(), medical(), transport=self.office, clock=lambda: NOW, keys=self.keys
        )

    @property
    def held(self) -> tuple[Held, ...]:
        return self.wallet.held

    def sync(self) -> None:
        assert not self.wallet.syncs.run(lambda _: None).failures

    @property
    def files(self) -> list[Path]:
        folder = self.folder / "documents"
        return sorted(folder.iterdir()) if folder.exists() else []


@pytest.fixture
def papers(tmp_path: Path) -> Iterator[WithPapers]:
    made = WithPapers(tmp_path)
    yield made
    made.wallet.close()


# Fetching


def test_sync_brings_the_document_of_each_certificate_once(papers: WithPapers) -> None:
    assert not any(map(papers.wallet.documents.has, papers.held))
    papers.sync()
    papers.sync()
    assert [one["document_number"] for one in papers.office.asked] == ["NO-COC-0001", "NO-MED-0001"]
    for one in papers.held:
        assert papers.wallet.documents.read(one) == PDF + one.certificate.document_number.encode()


def test_request_proves_the_phones_key_for_documents_alone(papers: WithPapers) -> None:
    papers.wallet.documents.fetch(papers.held[0])
    proof = jws.parse(str(papers.office.asked[0]["proof"]))
    claims = json_object(jws.verify(proof, papers.keys.holder().public_key, typ=PROOF_TYPE))
    assert claims == {"aud": ISSUER, "iat": int(NOW.timestamp()), "nonce": claims["nonce"]}


def test_stale_nonce_is_fetched_again(papers: WithPapers) -> None:
    papers.office.documents = [problem(400, "invalid-nonce")] * 2
    assert papers.wallet.documents.fetch(papers.held[0]).startswith(PDF)
    papers.office.documents = [problem(400, "invalid-nonce")] * 3
    with pytest.raises(PickUpError) as stopped:
        papers.wallet.documents.fetch(papers.held[0])
    assert stopped.value.trouble is Trouble.SERVICE


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (problem(404, "no-such-document"), Trouble.NO_DOCUMENT),
        (problem(405, "not-allowed"), Trouble.NO_DOCUMENT),
        (problem(401, "not-recognised"), Trouble.NOT_RECOGNISED),
        (problem(403, "no-longer-bound"), Trouble.NO_LONGER_BOUND),
        (problem(400, "invalid-proof"), Trouble.PROOF_REFUSED),
        (problem(429, "too-often"), Trouble.TOO_OFTEN),
        (problem(500, "x"), Trouble.SERVICE),
        (Response(200, "text/html", b"<html>log in</html>"), Trouble.NOT_UNDERSTOOD),
        (Response(200, "application/pdf", b"<html>no page</html>"), Trouble.NOT_UNDERSTOOD),
        (Response(302, "text/html", b""), Trouble.NOT_UNDERSTOOD),
    ],
)
def test_answer_that_is_no_document_is_told_and_keeps_the_one_before(
    papers: WithPapers, answer: Response, trouble: Trouble
) -> None:
    kept = papers.wallet.documents.fetch(papers.held[0])
    papers.office.documents = [answer]
    with pytest.raises(PickUpError) as stopped:
        papers.wallet.documents.fetch(papers.held[0])
    assert stopped.value.trouble is trouble
    assert papers.wallet.documents.read(papers.held[0]) == kept


def test_sync_succeeds_although_no_document_can_be_had(papers: WithPapers) -> None:
    papers.office.documents = [problem(500, "x")]
    papers.sync()
    assert len(papers.office.asked) == 1  # the next would fail too
    papers.office.documents = [problem(404, "x")]
    papers.sync()
    assert [papers.wallet.documents.has(one) for one in papers.held] == [False, True]


def test_slow_link_is_left_to_other_things_after_half_a_minute(papers: WithPapers) -> None:
    times = iter([0.0, 1.0, SECONDS_AT_A_SYNC])
    assert papers.wallet.documents.fetch_missing(papers.held, seconds=lambda: next(times)) is None
    assert [papers.wallet.documents.has(one) for one in papers.held] == [True, False]


def test_certificate_that_is_not_this_phones_is_not_asked_for(papers: WithPapers) -> None:
    other = replace(papers.held[0], is_ours=False)
    papers.wallet.documents.fetch_missing([other])
    assert papers.office.asked == []


# Keeping


def test_new_edition_has_no_document_until_it_is_fetched_and_the_old_one_goes(papers: WithPapers) -> None:
    papers.sync()
    one = papers.held[0]
    renewed = replace(one.certificate, holder=replace(one.certificate.holder, family_name="Li"))
    edition = replace(one, credential=replace(one.credential, certificate=renewed))
    assert not papers.wallet.documents.has(edition)
    papers.wallet.documents.keep_only([edition])
    assert papers.files == []


def test_folder_tells_nothing_and_files_do_not_pass_for_one_another(papers: WithPapers) -> None:
    papers.sync()
    first, second = papers.files
    for path in papers.files:
        assert b"PDF" not in path.read_bytes()
        assert "NO-COC" not in path.name
        assert path.stat().st_mode & 0o077 == 0
    first.write_bytes(second.read_bytes())
    assert sorted(papers.wallet.documents.read(one) is None for one in papers.held) == [False, True]


@pytest.mark.parametrize("damage", [lambda b: b"", lambda b: b[:20], lambda b: b[:-1] + bytes([b[-1] ^ 1]),
                                    lambda b: b"XXXX" + b[4:]])  # fmt: skip
def test_damaged_file_counts_as_absent_and_is_fetched_anew(papers: WithPapers, damage) -> None:  # type: ignore[no-untyped-def]
    papers.sync()
    for path in papers.files:
        path.write_bytes(damage(path.read_bytes()))
    one = papers.held[0]
    assert papers.wallet.documents.read(one) is None
    assert papers.wallet.documents.fetch(one) == papers.wallet.documents.read(one)


def test_another_phones_key_reads_none_of_it(papers: WithPapers) -> None:
    papers.sync()
    assert DocumentStore(papers.folder / "documents", bytes(32)).read("anything") is None


def test_document_that_cannot_be_kept_says_so(papers: WithPapers) -> None:
    (papers.folder / "documents").write_text("in the way")
    with pytest.raises(PickUpError) as stopped:
        papers.wallet.documents.fetch(papers.held[0])
    assert stopped.value.trouble is Trouble.NOT_STORED


def test_store_is_bounded_and_drafts_of_a_crash_are_removed(tmp_path: Path) -> None:
    store = DocumentStore(tmp_path, bytes(32))
    with pytest.raises(DocumentsError, match="at most"):
        store.write("one", bytes(MAX_BYTES + 1))
    store.write("one", b"x")
    (tmp_path / f"{store.name('two')}.draft").write_bytes(b"half")
    (tmp_path / "not ours").write_bytes(b"kept")
    store.keep_only(["one"])
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["not ours", store.name("one")])


# Giving it out


def test_share_saves_beside_what_is_there_and_the_same_once(papers: WithPapers, tmp_path: Path) -> None:
    shown: list[Path] = []
    share = FolderShare(tmp_path / "Downloads", shown.append)
    name = file_name(papers.held[0])
    first = share.share(name, b"one")
    assert first.path == tmp_path / "Downloads" / "NO-COC-0001.pdf"
    assert share.share(name, b"one") == first
    assert share.share(name, b"two").path == tmp_path / "Downloads" / "NO-COC-0001-2.pdf"
    assert len(shown) == 3
    assert first.path.read_bytes() == b"one"


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("NO-COC-0001.pdf", "NO-COC-0001.pdf"),
        ("../../etc/passwd", "etc-passwd"),
        ("a:b/c\\d.pdf", "a-b-c-d.pdf"),
        (".hidden.pdf", "hidden.pdf"),
        ("\u202efdp.exe", "fdp.exe"),
        ("王.pdf", "document.pdf"),
        ("x" * 300 + ".pdf", "x" * 71 + ".pdf"),
        ("", "document"),
    ],
)
def test_name_of_a_file_is_plain(name: str, plain: str) -> None:
    assert plain_name(name) == plain


def test_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ShareError):
        FolderShare(tmp_path / "file").share("a.pdf", b"x")
    with pytest.raises(ShareError, match="full"):
        FakeShare("the disk is full").share("a.pdf", b"x")


def test_downloads_are_where_the_desktop_says() -> None:
    assert downloads({"XDG_DOWNLOAD_DIR": "/elsewhere"}, Path("/home/a")) == Path("/elsewhere")
    assert downloads({}, Path("/home/a")) == Path("/home/a/Downloads")

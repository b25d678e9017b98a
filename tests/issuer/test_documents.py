"""Certificates as PDF: what others' readers see in the file, on the page and in the code; in any script."""

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from support.desk import MEDICAL, NUMBER, PHONE, Desk
from support.issuer_app import issuer_settings
from support.issuer_directory import on_board
from support.printed import Printed
from support.scenario import competency, medical
from support.simulator import Authority

from issuer.adapters.typesetting import MAX_BYTES, NotTypeset, Typesetting
from issuer.services.issuing.issuer import IssuedCredential
from issuer.services.paper.document_form import Form, form_of, limits_of
from issuer.services.paper.printing import INDEX
from issuer.services.phone.documents import IN_THE_CODE, Documents, NotThere
from issuer.services.phone.known import NotBound
from verifier.credential import carrier, sd_jwt, vc
from verifier.credential.model import (
    CapacityGrant,
    Certificate,
    CertificateType,
    Endorsement,
    FunctionGrant,
    Level,
    Limitations,
    Official,
    Reference,
)
from verifier.decision import verify
from verifier.policy import Policy
from verifier.status import StatusBook, verify_list
from verifier.verdict import Valid, Verdict

pytest.importorskip("typst", reason="typst is not installed: it comes with the issuer extra")

PAPER = "nobody's phone: compare with the identity document"
TYPESETTING = Typesetting()
LIMITS = Limitations(max_gt=3000, areas=("europafart",), without=("ecdis",), text="Not on passenger ships")


def documents(desk: Desk) -> Documents:
    return Documents(desk.database, desk.settings, desk.printing, Typesetting())


def paper(desk: Desk, certificate: Certificate) -> IssuedCredential:
    desk.enter(certificate)
    [issued] = desk.printing.sign(desk.printing.requests([certificate.document_number]))
    assert isinstance(issued, IssuedCredential), issued
    return issued


def printed(desk: Desk, certificate: Certificate) -> Printed:
    return Printed(documents(desk).pdf(paper(desk, certificate)))


def judged(desk: Desk, text: str) -> Verdict:
    """By an inspector who has the authority's list of today."""
    known = on_board(desk.settings, desk.clock.now)
    listed = verify_list(desk.publisher.current(1).token, directory=known)
    return verify(text, directory=known, status=StatusBook([listed]), policy=Policy(), at=desk.clock.now)


def named(**changes: object) -> Certificate:
    return replace(competency(), holder=replace(competency().holder, **changes))  # type: ignore[arg-type]


# The file, to independent readers


def test_document_is_archivable_and_can_be_read_aloud(desk: Desk) -> None:
    seen = printed(desk, competency())
    assert seen.standards == ("2", "A", "1")
    assert seen.faults() == []
    assert len(seen.pdf) < 100_000


def test_document_is_named_after_the_certificate_and_dated_by_it(desk: Desk) -> None:
    with printed(desk, competency()).file as file, file.open_metadata() as said:
        assert said["dc:title"] == "Certificate of competency NO-COC-0001"
        assert said["dc:creator"] == ["Sjøfartsdirektoratet"]
        issued = competency().issue_date
        assert str(file.docinfo["/CreationDate"]).startswith(f"D:{issued:%Y%m%d}")


def test_same_credential_is_the_same_document_from_any_process(desk: Desk) -> None:
    issued = paper(desk, competency())
    assert documents(desk).pdf(issued) == documents(desk).pdf(issued)


# The page


def test_code_on_the_page_is_the_papers_own_and_valid_with_a_remark(desk: Desk) -> None:
    issued = paper(desk, competency())
    [text] = Printed(documents(desk).pdf(issued)).codes
    assert carrier.unpack(carrier.from_qr_text(text)) == issued.token
    verdict = judged(desk, text)
    assert isinstance(verdict, Valid)
    assert verdict.headline == "VALID WITH REMARK"
    assert [check.reason for check in verdict.checks if check.row == "C14"] == [PAPER]


def test_page_says_the_form_in_its_order(desk: Desk) -> None:
    certificate = competency(
        functions=(FunctionGrant("navigation", Level.MANAGEMENT, LIMITS),),
        official=Official("Halvorsen", "Kari", "Senior Adviser"),
        endorsement_number="E-2231",
        revalidation_date=date(2025, 4, 1),
        remarks="Only with a medical certificate",
    )
    text = " ".join(" ".join(printed(desk, certificate).texts).split())
    in_order = [
        "NORWAY", "Sjøfartsdirektoratet", "Norwegian Maritime Authority", "Certificate of competency",
        "Kompetansesertifikat", "1978, as amended", "Ingrid Østergård", "Certificate number", NUMBER,
        "Valid until", "Gyldig til", "Date of birth", "12 April 1988", "OESTERGAARD<<INGRID", "II/2",
        "Navigation", "Management level", "3,000", "European trade", "ECDIS", "Not on passenger ships",
        "Master None", "E-2231", "Haugesund", "1 April 2025", "Only with a medical certificate",
        "Kari Halvorsen", "Senior Adviser", "Signed electronically", "compare the holder",
    ]  # fmt: skip
    places = [text.find(one) for one in in_order]
    assert -1 not in places, in_order[places.index(-1)]
    main = [place for one, place in zip(in_order, places, strict=True) if one != "Sjøfartsdirektoratet"]
    assert main == sorted(main)


def test_page_names_the_tracking_number_and_the_pages_address_as_text(desk: Desk) -> None:
    seen = printed(desk, competency())
    [text] = seen.texts
    assert "Tracking number" in text
    assert f"{desk.settings.base_url}/verify/" in text.replace("\r\n", "").replace("\n", "")
    assert all("/URI" not in fault for fault in seen.faults())  # to be typed, never to be followed


def test_medical_certificate_states_fitness_and_no_diagnosis(desk: Desk) -> None:
    [text] = printed(desk, medical(restrictions="Spectacles on watch")).texts
    for said in ("Fit for look-out duties", "Spectacles on watch", "Dr. Solveig Nuñez", "Maritime Labour"):
        assert said in text


def test_endorsement_names_what_it_recognises() -> None:
    form = form_of_certificate(
        Endorsement(
            **{**fields_of(competency()), "type": CertificateType.RECOGNITION},  # type: ignore[arg-type]
            recognises=Reference("PH", "PH-COC-7"),
        )
    )
    assert any(line.value == "PH-COC-7, Philippines" for line in form.lines)


def fields_of(certificate: Certificate) -> dict[str, object]:
    return {name: getattr(certificate, name) for name in Certificate.__dataclass_fields__}


def form_of_certificate(certificate: Certificate) -> Form:
    parsed = sd_jwt.parse(Authority("NO").issue(certificate, None))
    return form_of(vc.from_claims(sd_jwt.claims(parsed, parsed.jws.payload)))


@pytest.mark.parametrize(
    ("limits", "phrases"),
    [
        (None, "None"),
        (Limitations(), "None"),
        (Limitations(max_kw=750), "Propulsion power in kW up to 750"),
        (Limitations(propulsion=("motor", "oars")), "Motor ships only\noars"),
        (Limitations(text="By day"), "By day"),
    ],
)
def test_limits_are_phrases_and_unknown_codes_stay(limits: Limitations | None, phrases: str) -> None:
    assert limits_of(limits) == phrases


def test_until_further_notice_is_said(desk: Desk) -> None:
    [text] = printed(desk, competency(expiry_date=None)).texts
    assert "Until further notice" in text


@pytest.mark.parametrize("place", ["Haugesund", None, "A place whose name takes the whole width of a page"])
@pytest.mark.parametrize("number", ["E-1", None, "E-" + "1" * 40])
@pytest.mark.parametrize("remarks", ["Short", "A remark that takes the whole width of a page", None])
def test_particulars_short_and_long_come_in_any_order(
    place: str | None, number: str | None, remarks: str | None
) -> None:
    certificate = competency(issue_place=place, endorsement_number=number, remarks=remarks)
    text = "".join("".join(Printed(pdf_of(certificate)).texts).split())
    said = [one for one in (number, place, remarks) if one]
    assert [one for one in said if "".join(one.split()) not in text] == []


def pdf_of(certificate: Certificate) -> bytes:
    """Signed by nobody's register."""
    issued = IssuedCredential(
        serial="1",
        document_number=certificate.document_number,
        kind=certificate.type.value,
        holder_thumbprint=None,
        list_uri="",
        idx=0,
        kid="",
        issued_at=0,
        token=Authority("NO").issue(certificate, None),
    )
    return Documents(None, issuer_settings("sqlite://"), None, TYPESETTING).pdf(issued)  # type: ignore[arg-type]


# Names


@pytest.mark.parametrize(
    "native",
    [
        "محمد بن عبد الله الأنصاري",
        "דוד בן־גוריון",
        "王小明",
        "Иван Петрович Сидоров",
        "Γεώργιος Παπαδόπουλος",
        "अनिल कुमार शर्मा",
        "สมชาย ใจดี",
        "გიორგი ბერიძე",
        "王 محمد Li",
    ],
)
def test_name_in_its_own_script_is_printed_with_glyphs_for_every_letter(desk: Desk, native: str) -> None:
    seen = printed(desk, named(native_name=native))
    if not Typesetting().draws(native):
        pytest.skip("the fonts of more scripts were not built: deploy/build_assets.py print")
    assert seen.faults() == []
    assert len(seen.codes) == 1
    assert IN_THE_CODE not in seen.texts[0]


def test_name_in_a_script_without_a_font_is_left_to_the_code_and_said_so(desk: Desk) -> None:
    seen = printed(desk, named(native_name="𓀀𓁐𓂀"))
    assert IN_THE_CODE in seen.texts[0]
    assert seen.faults() == []


def test_marks_that_would_cover_other_lines_are_printed_as_numbers(desk: Desk) -> None:
    seen = printed(desk, named(family_name="Nguye\u0302\u0303n" + "\u0323" * 40))
    assert "<U+0323>" in "".join(seen.texts[0].split())
    assert len(seen.codes) == 1


@pytest.mark.parametrize(
    ("family", "given"),
    [
        ("Y", None),
        ("Wolfeschlegelsteinhausenbergerdorff" * 3 + "W" * 15, "Hubert"),
        ("de la Cruz " * 11, "María"),
    ],
    ids=["one letter", "120 letters without a space", "120 letters"],
)
def test_name_of_any_length_stays_within_the_page(desk: Desk, family: str, given: str | None) -> None:
    seen = printed(desk, named(family_name=family.strip(), given_name=given))
    joined = "".join(seen.texts[0].split())
    assert "".join(family.split()) in joined
    assert len(seen.codes) == 1
    assert is_white_at_the_edge(seen)


def is_white_at_the_edge(seen: Printed) -> bool:
    """Nothing is drawn in the outer 5 mm, outside the frame."""
    edge = round(5 / 25.4 * seen.dpi)
    for page in seen.pages:
        width, height = page.size
        strips = [(0, 0, width, edge), (0, height - edge, width, height), (0, 0, edge, height),
                  (width - edge, 0, width, height)]  # fmt: skip
        if any(page.convert("L").crop(strip).getextrema()[0] != 255 for strip in strips):
            return False
    return True


def test_text_that_looks_like_markup_is_printed_as_it_is(desk: Desk) -> None:
    remark = '#image("/etc/passwd") *bold* $x$ // </script> \\ @ref `code`'
    [text] = printed(desk, competency(remarks=remark)).texts
    assert "".join(remark.split()) in "".join(text.split())


# Many pages


def test_long_tables_go_on_over_pages_with_their_heads_and_numbers(desk: Desk) -> None:
    limits = Limitations(text="Words of a limitation that go on. " * 6)
    certificate = competency(
        functions=tuple(FunctionGrant("navigation", Level.MANAGEMENT, limits) for _ in range(12)),
        capacities=tuple(CapacityGrant("master", limits) for _ in range(12)),
        remarks="A remark that goes on. " * 40,
    )
    seen = printed(desk, certificate)
    assert len(seen.texts) > 1
    for number, text in enumerate(seen.texts, 1):
        assert f"Page {number} of {len(seen.texts)}" in text
        assert NUMBER in text
    assert all("Limitations applying" in text for text in seen.texts[:-1])
    assert (seen.faults(), is_white_at_the_edge(seen)) == ([], True)
    assert len(seen.pdf) < MAX_BYTES


# The desk


def test_print_pdf_writes_one_beside_each_code_and_again_the_same(desk: Desk, tmp_path: Path) -> None:
    desk.enter()
    pdf = documents(desk).pdf
    folder = tmp_path / "paper"
    desk.printing.print(folder, pdf=pdf)
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert {f"{NUMBER}.pdf", f"{MEDICAL}.pdf", f"{NUMBER}.txt"} <= set(first)
    assert Printed(first[f"{NUMBER}.pdf"]).codes == [first[f"{NUMBER}.txt"].decode()]
    again = desk.printing.print(folder, pdf=lambda _: pytest.fail("it is there already"))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == first
    assert [one.document for one in again.papers] == [f"{NUMBER}.pdf", f"{MEDICAL}.pdf"]
    assert desk.credential_states() == ["released", "released"]


def test_document_of_an_older_edition_is_not_left_beside_the_new_code(desk: Desk, tmp_path: Path) -> None:
    desk.enter()
    desk.printing.print(tmp_path, [NUMBER], pdf=documents(desk).pdf)
    desk.enter(named(family_name="Li"))
    desk.printing.print(tmp_path, [NUMBER])
    assert not (tmp_path / f"{NUMBER}.pdf").exists()
    desk.printing.print(tmp_path, [NUMBER], pdf=documents(desk).pdf)
    assert "Ingrid Li" in Printed((tmp_path / f"{NUMBER}.pdf").read_bytes()).texts[0]


def test_index_from_before_documents_is_still_read(desk: Desk, tmp_path: Path) -> None:
    desk.enter()
    (tmp_path / INDEX).write_text(
        "document_number,type,serial,text,picture\nA-1,competency,s,A-1.txt,A-1.svg\n"
    )
    desk.printing.print(tmp_path, [NUMBER])
    with (tmp_path / INDEX).open() as file:
        assert [row["document_number"] for row in csv.DictReader(file)] == ["A-1", NUMBER]


def test_fonts_that_were_not_built_are_said_and_nothing_is_lost(desk: Desk, tmp_path: Path) -> None:
    issued = paper(desk, competency())
    bare = Documents(desk.database, desk.settings, desk.printing, Typesetting((str(tmp_path),)))
    with pytest.raises(NotTypeset, match="were not built") as refusal:
        bare.pdf(issued)
    assert "make setup" in refusal.value.hint


# Holders


def test_holder_gets_the_document_of_what_the_key_holds_and_of_nothing_else(desk: Desk) -> None:
    desk.enter()
    desk.issue()
    made = documents(desk).of_holder(PHONE, NUMBER, desk.clock)
    assert not isinstance(made, NotBound | NotThere)
    assert made.name == f"{NUMBER}.pdf"
    assert documents(desk).of_holder(PHONE, NUMBER, desk.clock) == made
    assert documents(desk).of_holder(PHONE, MEDICAL, desk.clock) is NotThere.NOT_HELD
    assert documents(desk).of_holder(PHONE, "NO-NONE", desk.clock) is NotThere.NOT_HELD


def test_phones_document_is_the_printed_one(desk: Desk, tmp_path: Path) -> None:
    desk.enter()
    desk.issue()
    made = documents(desk).of_holder(PHONE, NUMBER, desk.clock)
    desk.printing.print(tmp_path, [NUMBER], pdf=documents(desk).pdf)
    assert (tmp_path / f"{NUMBER}.pdf").read_bytes() == made.pdf  # type: ignore[union-attr]


def test_lost_phone_gets_no_document(desk: Desk) -> None:
    desk.enter()
    desk.issue()
    desk.lifecycle.rebind("7K3M9QXA", actor="clerk")
    assert documents(desk).of_holder(PHONE, NUMBER, desk.clock) is NotBound.NO_LONGER

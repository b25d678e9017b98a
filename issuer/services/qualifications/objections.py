"""What the register has against a report in which nothing is wrong by itself, as problems."""

from issuer.domain.qualifications import Code, Problem, Report


def no_number(error: ValueError) -> Problem:
    """The personal number cannot be anybody's."""
    return Problem(
        pointer="/personal_number/number",
        code=Code.PERSONAL_NUMBER_INVALID,
        message=str(error),
        hint="check it with the seafarer; it is not repeated here",
    )


def unknown_person(report: Report) -> Problem:
    """Nobody in the register is the one that the report is about."""
    where = "/seafarer_id" if report.personal_number is None else "/personal_number"
    return Problem(
        pointer=where,
        code=Code.PERSON_UNKNOWN,
        message="no such person is in the register",
        hint="check the id or number with the seafarer; the authority enters persons, then send it again",
    )


def erased() -> Problem:
    """The person's key is destroyed, and nothing can be sealed with it."""
    return Problem(
        pointer="/document",
        code=Code.PERSON_ERASED,
        message="this person's data was erased: no document of theirs is kept any more",
        hint="ask the authority; a person who comes back is entered anew",
    )


def taken(record_id: str, *, is_standing: bool) -> Problem:
    """Another record has the reference."""
    if not is_standing:
        return Problem(
            pointer="/reference",
            code=Code.RECORD_WITHDRAWN,
            message=f"it is that of your record {record_id}, which was withdrawn",
            hint="report it under another reference",
        )
    return Problem(
        pointer="/reference",
        code=Code.REFERENCE_TAKEN,
        message=f"it is that of your record {record_id}, which says something else",
        hint="correct that record, or report another under a reference of its own",
    )


def too_many(most: int, *, of: str = "") -> Problem:
    """More than a working life holds."""
    return Problem(
        pointer="",
        code=Code.TOO_MANY,
        message=f"there are {most:,} records {of}about this person already",
        hint="report whole periods rather than days; withdraw or correct records rather than adding to them",
    )


def duplicate(record_id: str) -> Problem:
    """A correction after which two records would say the same."""
    return Problem(
        pointer="/contents",
        code=Code.DUPLICATE,
        message=f"your record {record_id} says the same already",
        hint="withdraw this one instead",
    )


def other_record(what: str) -> Problem:
    """A correction that would make another record of it."""
    return Problem(
        pointer=what,
        code=Code.OTHER_RECORD,
        message="a correction is of the same kind of record and about the same person",
        hint="withdraw this record, and report another",
    )

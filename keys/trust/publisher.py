"""Sign the directory: root, the directory role, one role per flag, snapshot and timestamp (TUF, python-tuf).

Pure over bytes: from a plan, the private keys at hand, drafts that others have signed and the files that were
published so far, the files to publish next. Who signs and how many must is data in the plan: one development
key or three of five is the same to it. What has not changed is not signed again before half its life is over;
a file carries a threshold of signatures and no more; nothing leaves that our own client does not accept.

Where a role's holders sign elsewhere and have not signed yet, their last word stays in force: the daily
publication, and a flag's revocation with it, waits for nobody's ceremony. `pending` names what is waited for.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, Targets, Timestamp

from keys.signer import Signer
from keys.trust import client, content, status_index
from keys.trust.content import PublishError
from keys.trust.drafts import Draft
from keys.trust.metadata import (
    DIRECTORY,
    EXTENSION,
    RoleSigner,
    SignedT,
    UntrustedMetadata,
    encode,
    file_name,
)
from keys.trust.pending import current_root
from keys.trust.plan import Flag, Plan, spoken
from keys.trust.published import Published
from keys.trust.record import unix
from keys.trust.signatories import few, groups, keyids
from keys.trust.status_index import Numbers

__all__ = ["PublishError", "publish"]


def publish(
    plan: Plan,
    *,
    signers: Mapping[str, Signer],
    at: datetime,
    before: Mapping[str, bytes],
    drafts: Iterable[Draft] = (),
    lists: Numbers | None = None,
    list_words: Numbers | None = None,
) -> dict[str, bytes]:
    """All files of the next publication, earlier ones included.

    `signers` are private keys by their short ids; `before` is what the last call returned, empty at first;
    `drafts` are what roles' holders have signed elsewhere; `lists` the newest number known of each flag's
    status lists, which never goes down but by the operator's own `list_words`. Raises PublishError when keys
    are missing, a draft is not what is to be published now, the clock has gone back, or our client would
    refuse the result.
    """
    by_role: dict[str, Draft] = {}
    for draft in drafts:
        if by_role.setdefault(draft.role, draft) is not draft:
            raise PublishError(f"two drafts of {spoken(draft.role)}: name the one that is meant")
    run = _Publication(plan, signers, at.astimezone(UTC), Published(before), by_role).run
    return run(lists or {}, list_words or {})


class _Publication:
    """One run, from the root down to the timestamp."""

    def __init__(
        self,
        plan: Plan,
        signers: Mapping[str, Signer],
        at: datetime,
        before: Published,
        drafts: dict[str, Draft],
    ) -> None:
        self.plan, self.signers, self.at, self.before, self.drafts = plan, signers, at, before, drafts
        self.files = dict(before.files)

    def run(self, lists: Numbers, list_words: Numbers) -> dict[str, bytes]:
        """All of it. Raises PublishError."""
        self._refuse_clock_set_back()
        root = self.root = self._root()
        plan = self.plan if DIRECTORY in self.drafts else self._without_silent_flags()
        directory = self._renew(content.directory(plan), DIRECTORY, root, self.before.directory)
        meta = {f"{DIRECTORY}.json": MetaFile(directory.version)}
        for flag in self._flags_in_force(directory):
            targets, files = content.flag_targets(flag)
            name = flag.authority.flag
            signed = self._renew(targets, name, directory, self.before.listed(name))
            meta[f"{name}.json"] = MetaFile(signed.version)
            if signed is targets:  # else its files are those of before
                self.files.update(files)
        self._refuse_left_over()
        snapshot = self._renew(Snapshot(meta=meta), Snapshot.type, root, self.before.snapshot)
        extension: dict[str, object] = {"signed_at": unix(self.at)}
        flags = [flag.authority.flag for flag in self.plan.flags]
        numbers = status_index.risen(self.before.list_numbers, lists, flags)
        if numbers := status_index.corrected(numbers, list_words):
            extension["lists"] = numbers
        timestamp = Timestamp(
            snapshot_meta=MetaFile(snapshot.version), unrecognized_fields={EXTENSION: extension}
        )
        self._sign(timestamp, Timestamp.type, root, self.before.timestamp)
        self._rehearse()
        return self.files

    # The roles

    def _root(self) -> Root:
        wanted = current_root(self.plan, self.before)
        old = self.before.root
        return self._renew(wanted, Root.type, wanted if old is None else old.signed, old)

    def _without_silent_flags(self) -> Plan:
        """A flag whose holders have never signed is named once they have: nobody waits for it."""
        flags = tuple(
            flag
            for flag in self.plan.flags
            if (name := flag.authority.flag) in self.drafts
            or self.before.listed(name) is not None
            or any(keyid in self.signers for keyid in flag.role.ids)
        )
        return replace(self.plan, flags=flags)

    def _flags_in_force(self, directory: Targets) -> list[Flag]:
        """Flags to which the signed directory delegates: a new one waits until its holders sign."""
        names = set() if directory.delegations is None else set(directory.delegations.roles or {})
        flags = [flag for flag in self.plan.flags if flag.authority.flag in names]
        if vanished := names - {flag.authority.flag for flag in flags}:
            raise PublishError(
                f"{min(vanished)} was published, and is no longer registered; devices refuse that"
            )
        return flags

    # Versions and signatures

    def _renew(
        self, wanted: SignedT, name: str, delegator: Root | Targets, old: Metadata[SignedT] | None
    ) -> SignedT:
        """What is in force of a role from now on: a draft, the next version signed here, or the last one."""
        draft = self.drafts.pop(name, None)
        if draft is not None and (old is None or draft.metadata.signed != old.signed):
            return self._take(draft, wanted, delegator, old)
        if old is not None and self._still_good(old, wanted, name, delegator):
            return old.signed
        hands = [keyid for keyid in keyids(delegator, name) if keyid in self.signers]
        if old is not None and not hands and not self._can_sign_root(wanted):
            # Its holders are elsewhere. A role whose keys the level above has changed must sign, though.
            result = delegator.get_verification_result(name, old.signed_bytes, old.signatures)
            if name == Root.type or result:
                return old.signed
            raise PublishError(
                f"{spoken(name)}: what its holders signed last counts no more, since its keys have changed",
                f"let them sign again: {_draft_command(name)}; then ombord-keys publish --signed FILE",
            )
        return self._sign(wanted, name, delegator, old)

    def _still_good(
        self, old: Metadata[SignedT], wanted: SignedT, name: str, delegator: Root | Targets
    ) -> bool:
        """Nothing has changed, half its life is ahead, and nobody but its present keys has signed it."""
        ids = keyids(delegator, name)
        return (
            content.same(old.signed, wanted)
            and old.signed.expires - self.at > self.plan.lifetime(name) / 2
            and len(set(old.signatures) & set(ids)) >= delegator.get_delegated_role(name).threshold
            and (name == Root.type or set(old.signatures) <= set(ids))  # a root keeps its elders'
        )

    def _can_sign_root(self, wanted: SignedT) -> bool:
        """New root keys may be here while the elders' are not: then say what lacks."""
        if not isinstance(wanted, Root):
            return False
        return any(one in self.signers for one in wanted.roles[Root.type].keyids)

    def _take(
        self, draft: Draft, wanted: SignedT, delegator: Root | Targets, old: Metadata[SignedT] | None
    ) -> SignedT:
        """A draft that enough holders have signed, if it says what is to be published and comes next."""
        metadata, name, said = draft.metadata, draft.role, spoken(draft.role)
        version = 1 if old is None else old.signed.version + 1
        again = "make a new draft and let it be signed"
        if metadata.signed.version != version:
            raise PublishError(
                f"the draft of {said} is version {metadata.signed.version}, not {version}", again
            )
        if not content.same(metadata.signed, wanted):
            raise PublishError(f"the draft of {said} is not what the register says now", again)
        if metadata.signed.expires <= self.at:
            raise PublishError(f"the draft of {said} ended on {metadata.signed.expires:%Y-%m-%d}", again)
        needed = groups(wanted, name, delegator, old)
        if lacking := draft.lacking(needed):
            raise PublishError(
                f"the draft of {said} is not signed by enough: {lacking}", "let others sign it"
            )
        kept = set(few(needed, metadata.signatures))
        metadata.signatures = {one: sig for one, sig in metadata.signatures.items() if one in kept}
        self.files[file_name(name, version)] = encode(metadata)
        wanted.version, wanted.expires = version, metadata.signed.expires
        return wanted

    def _sign(
        self, signed: SignedT, name: str, delegator: Root | Targets, old: Metadata[SignedT] | None
    ) -> SignedT:
        signed.version = 1 if old is None else old.signed.version + 1
        signed.expires = self.at + self.plan.lifetime(name)
        metadata = Metadata(signed)
        for ids, threshold in (needed := groups(signed, name, delegator, old)):
            hands = [keyid for keyid in ids if keyid in self.signers]
            if len(hands) < threshold:
                raise PublishError(
                    f"{spoken(name)} needs {threshold} signatures, and {len(hands)} keys are here",
                    f"{_draft_command(name)}; then ombord-keys publish --signed FILE",
                )
        for keyid in few(needed, self.signers):
            metadata.sign(RoleSigner(self.signers[keyid]), append=True)
        self.files[file_name(name, signed.version)] = encode(metadata)
        return signed

    # Before anything leaves

    def _refuse_clock_set_back(self) -> None:
        last = self.before.signed_at
        if last is not None and unix(self.at) < unix(last):
            raise PublishError(f"the clock says {self.at:%Y-%m-%d %H:%M}, and the last publication {last}")

    def _refuse_left_over(self) -> None:
        for role in self.drafts:
            raise PublishError(
                f"a draft of {spoken(role)}, which is no role of this directory", "name another draft"
            )

    def _rehearse(self) -> None:
        """A device that has seen the last publication must accept this one."""
        try:
            root, state = self.files[file_name(Root.type, 1)], None
            if self.before:
                state = client.load(self.before.files, root=root, at=self.at)[1]
            directory, _ = client.load(self.files, root=root, at=self.at, previous=state)
        except UntrustedMetadata as error:
            raise PublishError(f"devices would refuse it: {error}") from error
        for iss, kid in sorted(directory.conflicts):
            raise PublishError(f"{kid} of {iss} already names another key; a key id is never used again")


def _draft_command(role: str) -> str:
    if role in (Root.type, Snapshot.type, Timestamp.type):
        return "ombord-keys root rotate"
    return "ombord-keys directory draft" if role == DIRECTORY else f"ombord-keys authority draft {role}"

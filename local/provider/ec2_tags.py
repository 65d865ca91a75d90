"""The tags of everything in EC2, which one pair of calls sets by id."""

from .table import Part, Session, State


def _change(old: State, new: State, session: Session) -> None:
    before, after = old.get("tagsAll") or {}, new.get("tagsAll") or {}
    gone = sorted(set(before) - set(after))
    changed = {key: value for key, value in after.items() if before.get(key) != value}
    if gone:
        session.call("ec2", "DeleteTags", {"Resources": [new["id"]], "Tags": [{"Key": key} for key in gone]})
    if changed:
        tags = [{"Key": key, "Value": value} for key, value in changed.items()]
        session.call("ec2", "CreateTags", {"Resources": [new["id"]], "Tags": tags})


EC2_TAGS = Part(properties=("tags",), code=_change)
"""For types whose id is `{id}`; the read call answers the tags."""

"""S3: objects."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from ..archives import base64_codec, file_codec
from ..codecs import Hints
from ..forms import Codec, Problem
from ..schema import PropertyType
from ..table import Call, Resource, Session, State
from ..values import Unknown

_CONTENT = ("source", "content", "contentBase64", "sourceHash", "etag")


@dataclass(frozen=True)
class QueryCodec:
    """Tags that an object is created with: AWS wants them as a query string."""

    def encode(self, value: Any, path: str, problems: list[Problem]) -> Any:
        """The query string."""
        return value if isinstance(value, Unknown) or has_unknown_entry(value) else urlencode(value)

    def decode(self, value: Any) -> Any:
        """They are read by a call of their own, as a list."""
        return {pair["Key"]: pair["Value"] for pair in value}


def has_unknown_entry(value: dict[str, Any]) -> bool:
    """Whether one of the tags is not known yet."""
    return any(isinstance(entry, Unknown) for entry in value.values())


def _query(kind: PropertyType, shape: Any, hints: Hints) -> Codec:
    return QueryCodec()


def _entity_tag(answer: dict[str, Any], state: State) -> State:
    return {"etag": str(answer["ETag"]).strip('"')} if "ETag" in answer else {}


def _one_content(state: State) -> list[tuple[str, str]]:
    given = [name for name in ("source", "content", "contentBase64") if state.get(name) is not None]
    if len(given) <= 1:
        return []
    return [(given[1], f"cannot stand beside {given[0]}: an object has one content")]


def _delete_versions(state: State, session: Session) -> None:
    """An object is gone when every version of it is."""
    place = {"Bucket": state["bucket"], "Prefix": state["key"]}
    page = session.call("s3", "ListObjectVersions", place, all_pages=True)
    for entry in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
        if entry["Key"] == state["key"]:
            where = {"Bucket": state["bucket"], "Key": entry["Key"], "VersionId": entry["VersionId"]}
            session.call("s3", "DeleteObject", where)


OBJECT = Resource(
    "aws:s3/bucketObjectv2:BucketObjectv2",
    service="s3",
    id="{bucket}/{key}",
    create=Call("PutObject", adopt=_entity_tag),
    puts=True,
    read=(
        Call("HeadObject", adopt=_entity_tag),
        Call("GetObjectTagging", rename={"tagsAll": "TagSet"}),
    ),
    before_delete=_delete_versions,
    delete=(Call("DeleteObject"),),
    rename={
        "content": "Body",
        "contentBase64": "Body",
        "etag": (),
        "kmsKeyId": "SSEKMSKeyId",
        "source": "Body",
        "tagsAll": "Tagging",
        "versionId": ("VersionId",),
        "websiteRedirect": "WebsiteRedirectLocation",
    },
    codecs={"contentBase64": base64_codec, "source": file_codec, "tagsAll": _query},
    defaults={"forceDestroy": False},
    local=("etag", "forceDestroy", "sourceHash"),
    volatile={
        "versionId": (*_CONTENT, "kmsKeyId", "serverSideEncryption", "contentType", "metadata", "storageClass"),
        "etag": _CONTENT,
    },
    computed={"arn": "arn:{partition}:s3:::{bucket}/{key}"},
    unsupported={"overrideProvider": "the local stage has no other provider's default tags to override"},
    check=_one_content,
)

RESOURCES = (OBJECT,)

"""The data set portal: who may read its files, and what a browser is told of its page."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pulumi
import pytest

from components import Portal
from components.api.portal_files import portal_files
from tests.policy.harness import Recorded, record
from tests.unit.apis import PORTAL_DOMAIN, dataset_api
from tests.unit.programs import CONFIG


def recorded(config: dict[str, str] = CONFIG, **settings: Any) -> list[Recorded]:
    return record(lambda: Portal("portal", api=dataset_api(), **settings), config=config)


@cache
def portal() -> list[Recorded]:
    return recorded()


def of_type(found: list[Recorded], kind: str) -> dict[str, dict[str, Any]]:
    return {each.name: dict(each.inputs) for each in found if each.type.endswith(f":{kind}")}


def test_the_portals_bucket_lets_its_distribution_in_and_nobody_else() -> None:
    found = portal()
    policy = json.loads(of_type(found, "BucketPolicy")["portal-files-policy"]["policy"])
    (allowed,) = [each for each in policy["Statement"] if each["Effect"] == "Allow"]
    assert allowed["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert allowed["Action"] == "s3:GetObject"
    assert list(allowed["Condition"]["StringEquals"]) == ["aws:SourceArn"]


def test_the_portals_page_runs_its_own_scripts_and_connects_to_what_it_needs() -> None:
    found = portal()
    secure = of_type(found, "ResponseHeadersPolicy")["portal-headers"]["securityHeadersConfig"]
    policy = secure["contentSecurityPolicy"]["contentSecurityPolicy"]
    directives = dict(part.partition(" ")[::2] for part in policy.split("; "))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == directives["style-src"] == "'self'"
    assert directives["frame-ancestors"] == "'none'"
    assert "/oauth2/" in directives["connect-src"]
    assert "*" not in policy
    assert "unsafe" not in policy


def test_the_portals_own_domain_takes_tls_1_2_or_newer() -> None:
    found = recorded(domain=PORTAL_DOMAIN)
    distribution = of_type(found, "Distribution")["portal-distribution"]
    assert distribution["viewerCertificate"]["minimumProtocolVersion"] == "TLSv1.2_2021"
    assert distribution["aliases"] == ["data.example.com"]
    assert distribution["defaultCacheBehavior"]["viewerProtocolPolicy"] == "redirect-to-https"


def test_the_portals_config_tells_where_the_api_is_and_no_secret() -> None:
    found = portal()
    config = json.loads(of_type(found, "BucketObjectv2")["portal-file-config.json"]["content"])
    assert set(config) == {"apiUrl", "signInUrl", "clientId", "scopes", "zones"}
    assert {"openid", "datasets/read"} <= set(config["scopes"])
    # Files only arrive in raw: no data set lies there.
    assert config["zones"] == ["curated", "analytics"]


def test_there_is_no_portal_where_there_is_no_cloudfront() -> None:
    china = {**CONFIG, "aws:region": "cn-north-1"}
    with pytest.raises((ValueError, pulumi.RunError), match="no CloudFront"):
        recorded(china)


def test_a_folder_that_is_no_page_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "page"
    page.mkdir()
    with pytest.raises(FileNotFoundError, match=r"no index\.html"):
        list(portal_files(page))
    (page / "index.html").write_text("<!doctype html>")
    (page / "app.wasm").write_text("")
    with pytest.raises(ValueError, match=r"app\.wasm has no known media type"):
        list(portal_files(page))


def test_what_is_for_authors_is_not_served(tmp_path: Path) -> None:
    page = tmp_path / "page"
    page.mkdir()
    for name in ("index.html", "README.md", ".hidden", "app.js"):
        (page / name).write_text("")
    assert [(file.key, file.content_type) for file in portal_files(page)] == [
        ("app.js", "text/javascript; charset=utf-8"),
        ("index.html", "text/html; charset=utf-8"),
    ]

"""The portal that people come from, as the emulated CloudFront serves it."""

from typing import Any

import pytest

from components.api.portal_files import FOLDER
from local.aws import Clients
from local.emulator.lifecycle import Emulator

from ..api_stage import ask

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def response_headers(clients: Clients, distribution: str) -> dict[str, str]:
    """The headers that a distribution's policy puts on each answer, as they are written in CloudFront."""
    cloudfront = clients("cloudfront")
    behavior = cloudfront.get_distribution_config(Id=distribution)["DistributionConfig"]["DefaultCacheBehavior"]
    found = cloudfront.get_response_headers_policy_config(Id=behavior["ResponseHeadersPolicyId"])
    secure = found["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    own = found["ResponseHeadersPolicyConfig"]["CustomHeadersConfig"]["Items"]
    transport = secure["StrictTransportSecurity"]
    return {
        "Content-Security-Policy": secure["ContentSecurityPolicy"]["ContentSecurityPolicy"],
        "Referrer-Policy": secure["ReferrerPolicy"]["ReferrerPolicy"],
        "Strict-Transport-Security": f"max-age={transport['AccessControlMaxAgeSec']}; includeSubDomains",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": secure["FrameOptions"]["FrameOption"],
        **{each["Header"]: each["Value"] for each in own},
    }


def test_the_portal_is_served_from_its_bucket_with_the_headers_of_its_policy(
    outputs: dict[str, Any], clients: Clients, emulator: Emulator
) -> None:
    portal = f"{emulator.endpoint}/_portal/{outputs['distribution']}"
    declared = response_headers(clients, outputs["distribution"])
    assert "script-src 'self'; style-src 'self'" in declared["Content-Security-Policy"]
    assert "unsafe" not in declared["Content-Security-Policy"]
    for path, status in (("/", 200), ("/style.css", 200), ("/nothing", 404)):
        answer = ask("GET", portal + path)
        assert answer.status == status
        assert {name: answer.headers[name] for name in declared} == declared
        assert not [name for name in answer.headers if name.lower().startswith("x-amz-server-side-encryption")]
    page = ask("GET", f"{portal}/")
    assert (page.headers["Content-Type"], page.headers["Cache-Control"]) == ("text/html; charset=utf-8", "no-cache")
    assert page.body == (FOLDER / "index.html").read_bytes()
    assert ask("GET", f"{portal}/nothing").body == (FOLDER / "404.html").read_bytes()
    assert ask("PUT", f"{portal}/index.html", body=b"").status == 405

    config = ask("GET", f"{portal}/config.json").document
    assert (config["apiUrl"], config["clientId"]) == (outputs["url"], outputs["portal_client_id"])
    # A name server would lead there; the page calls its own origin then, which its policy allows.
    assert config["signInUrl"] == emulator.endpoint
    assert f"{outputs['url']}/" in declared["Content-Security-Policy"]
    assert ask("GET", f"{emulator.endpoint}/_portal").headers["Location"] == "/_portal/"
    assert ask("GET", f"{emulator.endpoint}/_portal/").body == page.body


def test_the_portals_files_are_for_its_distribution_alone(
    outputs: dict[str, Any], clients: Clients, emulator: Emulator
) -> None:
    s3, bucket, page = clients("s3"), outputs["files"], f"{emulator.endpoint}/_portal/"
    assert ask("GET", f"{emulator.endpoint}/{bucket}/index.html").status == 403
    policy = s3.get_bucket_policy(Bucket=bucket)["Policy"]
    s3.put_bucket_policy(Bucket=bucket, Policy=policy.replace(outputs["distribution"], "EANOTHERONE123"))
    assert ask("GET", page).status == 403
    s3.put_bucket_policy(Bucket=bucket, Policy=policy)
    assert ask("GET", page).status == 200

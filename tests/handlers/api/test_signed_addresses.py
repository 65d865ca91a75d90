"""The addresses that files are uploaded to and downloaded from."""

import re

import boto3
import pytest

from handlers.api.services import Services


@pytest.mark.parametrize("region", ["eu-central-1", "us-east-1"])
def test_an_address_is_that_of_the_buckets_region(region: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    session = boto3.session.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name=region)
    signed = Services(session).s3.generate_presigned_url("put_object", Params={"Bucket": "lake-raw", "Key": "a/b.csv"})
    assert re.match(rf"https://lake-raw\.s3\.{region}\.amazonaws\.com/a/b\.csv\?X-Amz-Algorithm=AWS4", signed)

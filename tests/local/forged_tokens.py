"""Tokens that nobody but their maker has signed."""

import base64
import json
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from .api_stage import claims


class Forger:
    """Makes tokens out of a good one."""

    def __init__(self, good: str) -> None:
        self.head, self.body, self.signature = good.split(".")
        self.claims = claims(good)
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def signed(self, head: dict[str, Any], **changed: Any) -> str:
        """A token with a signature by a key that is not the pool's."""
        text = f"{self.part(head)}.{self.part({**self.claims, **changed})}"
        signature = self.key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{text}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"

    @staticmethod
    def part(value: dict[str, Any]) -> str:
        """A part of a token."""
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    @property
    def key_id(self) -> str:
        """The key that the good one is signed with."""
        found: str = json.loads(base64.urlsafe_b64decode(self.head + "=="))["kid"]
        return found

    def tokens(self) -> dict[str, str]:
        """What is refused, and why."""
        more = self.part({**self.claims, "scope": "datasets/read datasets/write datasets/admin"})
        nobody = self.part({"alg": "none", "kid": self.key_id})
        return {
            "forged signature": self.signed({"alg": "RS256", "kid": self.key_id}),
            "key of the forger": self.signed({"alg": "RS256", "kid": "mine"}),
            "no key": self.signed({"alg": "RS256"}),
            "claims changed": f"{self.head}.{more}.{self.signature}",
            "alg none": f"{nobody}.{self.body}.",
            "alg none, signature kept": f"{nobody}.{self.body}.{self.signature}",
            "no signature": f"{self.head}.{self.body}.",
            "two parts": f"{self.head}.{self.body}",
            "no JSON": f"{self.head}.AAAA.{self.signature}",
            "nothing": "",
        }

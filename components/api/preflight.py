"""What a browser is told before a page of another origin may call: by API Gateway itself, without the handler."""

from collections.abc import Iterable, Sequence

_ALLOWED_HEADERS = ("Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match")
_SECONDS = 600


def preflight_headers(methods: Iterable[str], cors_origins: Sequence[str]) -> dict[str, str]:
    """Return the headers of the answer to OPTIONS, with the first origin, which is of no use to another."""
    values = {
        "Access-Control-Allow-Origin": cors_origins[0],
        "Access-Control-Allow-Methods": ",".join(sorted(methods)),
        "Access-Control-Allow-Headers": ",".join(_ALLOWED_HEADERS),
        "Access-Control-Max-Age": str(_SECONDS),
        "Vary": "Origin",
    }
    return {header: f"'{value}'" for header, value in values.items()}


def preflight_template(cors_origins: Sequence[str]) -> str:
    """Return the template that puts the asking origin in the first one's place, if it is among the others.

    Source: Amazon API Gateway Developer Guide, "Override your API's request and response parameters"; AWS CDK's
    `addCorsPreflight` does the same for several origins.
    """
    others = cors_origins[1:]
    if not others:
        return ""
    is_one = " || ".join(f'$origin == "{origin}"' for origin in others)
    return "\n".join(
        [
            '#set($origin = $input.params("Origin"))',
            '#if($origin == "")#set($origin = $input.params("origin"))#end',
            f"#if({is_one})",
            "#set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)",
            "#end",
        ]
    )

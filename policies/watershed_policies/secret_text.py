"""What looks like a secret in a text that anyone may read who may describe the resource."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .values import Properties

SECRET_NAME = re.compile(
    r"passw(or)?d(?!less)|(^|_)(pass|pwd)(_|$)|(db|pg|user|root|admin|smtp|mail|sql|redis|ftp)_?pass$|passphrase|secret|token(?!iz)"
    r"|credential|(api|private|access|encryption|signing|master|shared|auth|hmac|ssh|license|sdk|fernet|jwt|aes|cipher)_?key$|(api|private|access)_?key"
    r"|basic_?auth",
    re.IGNORECASE,
)
# Names that tell where a secret is, or something about it, rather than what it is.
REFERENCE_NAME = re.compile(
    r"_?(arn|name|id|path|parameter|param|prefix|table|bucket|url|uri|endpoint|ttl|expiry|seconds|minutes|version|issuer"
    r"|audience|type|header|length|rotation|enabled|ref|region|file|location|limit|count|budget|max|min|provider|mode"
    r"|source|scope|format|algorithm|strategy|policy|days|hours|interval|duration|size|model|manager|handler|service"
    r"|host|port|cache|queue|topic|role|group|column|field|cookie|rounds|validation|store|backend|state|status|stage|label"
    r"|pattern|regex|leeway|claim|use|link|page|method|hasher|encoder|generator|checker|strength|plugin|engine|class"
    r"|life(time|span)|expir(es|ation|es_in)|validity|timeout|window|threshold|score|age|grace|retries|alg|kid|list|char(acter)?"
    r"|user(name)?|owner|account|email|required|allowed|prompt|message|template|kwarg|parallelism|schedule|cron)s?$",
    re.IGNORECASE,
)
REFERENCE_VALUE = re.compile(
    r"^(arn:|/|\{\{resolve:|\$[{(]|<[^>]+>$|ssm:|secretsmanager:|https?://[^@]*$|true$|false$|\d{1,6}$|$"
    r"|AWS(CURRENT|PREVIOUS|PENDING)$"
    r"|(yes|no|on|off|none|null|never|always|enabled|disabled|required|optional|default|auto)$"
    r"|\d+(\.\d+)?(ms|s|m|h|d|w)$|P(\d+[YMWD])*(T(\d+[HMS])+)?$"  # 15m, PT5M
    # Names of secrets or parameters: prod/orders/db
    r"|(?-i:[a-z][a-z0-9_.-]*(/[a-z0-9_.-]+)+(,[a-z][a-z0-9_.-]*(/[a-z0-9_.-]+)+)*)$)",
    re.IGNORECASE,
)
# A key in a secret rather than a secret: PASSWORD_KEY=password
FIELD_NAME = re.compile(r"(\w+_)?(user(name)?|pass(word)?|token|secret|api_?key|value)", re.IGNORECASE)
# A number is no secret, but a bad password: DB_PASSWORD=123456
PASSWORD_NAME = re.compile(r"passw(or)?d$|(^|_)(pass|pwd)$", re.IGNORECASE)
PIN = re.compile(r"\d{4,}")
# What a template or a shell puts in later: ${PASSWORD}, $PASSWORD, <password>, %(password)s, {password}, ***
NO_PLACEHOLDER = r"(?![$<{*]|%\()"
SECRET_VALUE = re.compile(
    r"\b(AKIA|ASIA)[0-9A-Z]{16}\b"  # AWS access key
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|\b(ghp|gho|ghs|ghu|github_pat)_[A-Za-z0-9_]{20,}"
    r"|\bxox[abprs]-[A-Za-z0-9-]{10,}"  # Slack
    r"|\bhttps://hooks\.slack\.com/services/T\w+/B\w+/\w+"  # Slack: whoever has the address may post
    r"|\b[sr]k_(live|test)_[A-Za-z0-9]{16,}"  # Stripe
    r"|\bsk-(proj|ant|svcacct)-[A-Za-z0-9_-]{20,}"  # OpenAI, Anthropic
    r"|\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"  # SendGrid
    r"|\bAIza[0-9A-Za-z_-]{30,}"  # Google
    r"|\b(glpat|glrt)-[A-Za-z0-9_-]{20,}|\bnpm_[A-Za-z0-9]{36}|\bpypi-[A-Za-z0-9_-]{16,}|\bhf_[A-Za-z0-9]{30,}"
    r"|\bsntry[su]_[A-Za-z0-9+/=_-]{20,}|\bGOCSPX-[A-Za-z0-9_-]{20,}|\bya29\.[A-Za-z0-9_-]{20,}"  # Sentry, Google
    r"|\bhvs\.[A-Za-z0-9_-]{20,}|\bdckr_pat_[A-Za-z0-9_-]{20,}|\bglsa_[A-Za-z0-9_]{30,}"  # Vault, Docker, Grafana
    r"|\bpul-[0-9a-f]{40}\b|\bATATT3[A-Za-z0-9_=-]{20,}|\bNRAK-[A-Z0-9]{20,}"  # Pulumi, Atlassian, New Relic
    r"|\bwhsec_[A-Za-z0-9+/=]{20,}|\bxapp-\d-[A-Za-z0-9-]{20,}|\bPMAK-[0-9a-f]{24}-"  # Stripe, Slack, Postman
    r"|\bhttps://(discord|discordapp)\.com/api/webhooks/\d+/[\w-]+"
    r"|\bsdk-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"  # LaunchDarkly
    r"|\bdapi[0-9a-f]{32}|\bshp(at|ss)_[0-9a-f]{32}"  # Databricks, Shopify
    r"|^Basic [A-Za-z0-9+/]{8,}={0,2}$|^Bearer [A-Za-z0-9._~+/-]{16,}=*$"  # a header
    r"|AccountKey=[A-Za-z0-9+/]{40,}"  # Azure Storage
    r"|\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\."  # JSON web token
    rf"|\b[a-z][a-z0-9+.-]*://[^/\s:@\"',]*:{NO_PLACEHOLDER}[^/\s:@\"',]+@"  # password in a URL
    rf"|(?i:\b(password|pwd)=[\"']?{NO_PLACEHOLDER}[^;\s\"']+)"  # password in a connection string
    rf"|(?i:\"(\w*password|\w*secret|\w*api_?key|\w*auth_?token)\"\s*:\s*\"{NO_PLACEHOLDER}(?!arn:|/)"
    r"(?!(?-i:[a-z][a-z0-9_.-]*(/[a-z0-9_.-]+)+)\")[^\"]+\")"  # password in JSON
    r"|^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[A-Za-z0-9/+]{40}$"  # AWS secret access key
    rf"|\bcurl\b[^|;&\n]*\s(-u|--user)\s+[\"']?[^\s:\"'$]+:{NO_PLACEHOLDER}[^\s\"'$]+"
    rf"|\bmysql(admin|dump|import)?\b[^|;&\n]*\s-p{NO_PLACEHOLDER}(?=[^\s\"']{{4,}})[^\s\"'$]+"  # -pPASSWORD
    r"|(?i:secret_access_key[\s\"':=]+[a-z0-9/+]{40}\b)"
)
# `TOKEN=$(curl ...)`, `PASSWORD="$1"`, `key={{ template }}`: what a script fetches, or is told, is no secret in it.
FETCHED = re.compile(r"""=[ \t]*["']?[$`<{%][^\n]*""")
# `token = fetch()` and `token = os.environ["TOKEN"]` are none, either.
ASSIGNMENT = re.compile(
    r"""\b(?P<name>[A-Za-z_]\w*)[ \t]*=[ \t]*["']?(?!(os|sys|process|self|args|config|event|context)\.)"""
    r"""(?P<value>[^\s"';|&()=]{4,})(?!\S*\()"""
)


def script_holds_secret(script: str) -> bool:
    """Say whether a script seems to hold a secret, as a word or in what it assigns."""
    literal = FETCHED.sub("=", script)
    if SECRET_VALUE.search(literal):
        return True
    return any(looks_secret(found["name"], found["value"]) for found in ASSIGNMENT.finditer(literal))


def secret_names(variables: Iterable[Properties]) -> list[str]:
    """Return the names of those variables (`{"name": ..., "value": ...}`) that seem to hold a secret."""
    pairs = [(variable.get("name"), variable.get("value")) for variable in variables]
    return [
        name for name, value in pairs if isinstance(name, str) and isinstance(value, str) and looks_secret(name, value)
    ]


def looks_secret(name: str, value: str) -> bool:
    """Say whether a variable, argument or field seems to hold a secret, not the name of one."""
    if SECRET_VALUE.search(value):
        return True
    name = name.strip("-").replace("-", "_")
    if not SECRET_NAME.search(name) or REFERENCE_NAME.search(name):
        return False
    if name.lower().endswith("_key") and FIELD_NAME.fullmatch(value):
        return False
    return bool(PIN.fullmatch(value) and PASSWORD_NAME.search(name)) or not REFERENCE_VALUE.search(value)

"""What API Gateway answers by itself (MOCK): its mapped headers, and a template that may choose one of them.

Of Velocity this knows what such a template is made of: `#set`, `#if` with comparisons, and references to the request.
https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-override-request-response-parameters.html
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_HEADER = "method.response.header."
_DIRECTIVE = re.compile(r"#(?P<name>set|if|else|end)\b(?:\((?P<argument>(?:[^()]|\([^()]*\))*)\))?")
_SET = re.compile(r"\s*\$(?P<name>[\w.-]+)\s*=\s*(?P<value>.+?)\s*", re.DOTALL)
_PARAMETER = re.compile(r"\$input\.params\([\"'](?P<name>[^\"']+)[\"']\)")
_OVERRIDE = "context.responseOverride.header."


@dataclass
class Rendering:
    """One template with one request: what it has set so far."""

    headers: Mapping[str, Any]
    request_id: str
    variables: dict[str, str] = field(default_factory=dict)
    overridden: dict[str, str] = field(default_factory=dict)

    def render(self, template: str) -> str:
        """Return the text that is left, directives done."""
        text, active, position = "", [True], 0
        for found in _DIRECTIVE.finditer(template):
            text += self._filled(template[position : found.start()]) if all(active) else ""
            position = found.end()
            match found["name"]:
                case "if":
                    active.append(all(active) and self._holds(found["argument"]))
                case "else":
                    active[-1] = all(active[:-1]) and not active[-1]
                case "end":
                    active.pop()
                case "set" if all(active):
                    self._set(found["argument"])
        return (text + self._filled(template[position:])).strip()

    def value(self, expression: str) -> str:
        """Return what a reference or a quoted text is."""
        expression = expression.strip()
        if expression[:1] in ("'", '"'):
            return expression[1:-1]
        parameter = _PARAMETER.fullmatch(expression)
        if parameter:
            return self._header(parameter["name"])
        if expression == "$context.requestId":
            return self.request_id
        return self.variables.get(expression.removeprefix("$"), expression)

    def _set(self, argument: str) -> None:
        found = _SET.fullmatch(argument)
        if not found:
            raise ValueError(f"#set({argument}) is not understood")
        name, value = found["name"], self.value(found["value"])
        if name.startswith(_OVERRIDE):
            self.overridden[name.removeprefix(_OVERRIDE)] = value
        else:
            self.variables[name] = value

    def _holds(self, argument: str) -> bool:
        return any(
            all(self._compares(part) for part in alternative.split("&&")) for alternative in argument.split("||")
        )

    def _compares(self, text: str) -> bool:
        left, operator, right = re.split(r"\s*(==|!=)\s*", text.strip(), maxsplit=1)
        return (self.value(left) == self.value(right)) is (operator == "==")

    def _filled(self, text: str) -> str:
        return text.replace("$context.requestId", self.request_id)

    def _header(self, name: str) -> str:
        value = next((given for key, given in self.headers.items() if key.lower() == name.lower()), "")
        return str(value[-1] if isinstance(value, list) else value)


def mock_answer(integration: Mapping[str, Any], request: Mapping[str, Any]) -> tuple[int, dict[str, str], bytes]:
    """Return what a mock integration answers a request."""
    wanted = re.search(r'"statusCode"\s*:\s*(\d{3})', _template(integration.get("requestTemplates")))
    responses = integration.get("integrationResponses") or {}
    status = wanted[1] if wanted else "200"
    chosen: dict[str, Any] = responses.get(status) or next(iter(responses.values()), {})
    rendering = Rendering(request["headers"], request["request_id"])
    body = rendering.render(_template(chosen.get("responseTemplates")))
    headers = {"Content-Type": "application/json"}
    for target, source in (chosen.get("responseParameters") or {}).items():
        value = f"${source}" if source.startswith("context.") else source
        headers[target.removeprefix(_HEADER)] = rendering.value(value)
    return int(chosen.get("statusCode") or status), {**headers, **rendering.overridden}, body.encode()


def _template(templates: Any) -> str:
    found = (templates or {}).get("application/json")
    return found if isinstance(found, str) else json.dumps(found or "").strip('"')

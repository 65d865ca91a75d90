"""A pipeline as an SVG picture: stages from top to bottom, those beside each other run side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from .shape import StageShape, Way

_BOX_HEIGHT, _GAP, _PAD, _LABEL = 46, 26, 14, 18
_LETTER, _LEAST_WIDTH = 7.4, 150
_COLOURS = {
    "fargate": "#e8833a",
    "lambda": "#d9a441",
    "glue": "#7b6bd6",
    "crawler": "#7b6bd6",
    "sql": "#3f8fd2",
    "quality": "#3aa76d",
    "wait-for-data": "#8a94a6",
}


@dataclass(frozen=True)
class _Size:
    width: float
    height: float


def draw(name: str, stages: Sequence[StageShape]) -> str:
    """Return the picture as an SVG document."""
    inner = _row_size(stages)
    width, height = inner.width + 2 * _PAD, inner.height + 2 * _PAD + 2 * (28 + _GAP)
    middle = width / 2
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label="{escape(name)}">',
        "<style>text{font:13px system-ui,sans-serif;fill:#1d2430}.kind,.label{font-size:11px;fill:#5b6678}"
        ".box{fill:#fff;stroke:#9aa4b5}.frame{fill:#f6f8fb;stroke:#9aa4b5;stroke-dasharray:4 3}"
        ".line{stroke:#9aa4b5;fill:none;marker-end:url(#arrow)}"
        "@media(prefers-color-scheme:dark){text{fill:#e6eaf0}.kind,.label{fill:#9aa4b5}.box{fill:#1d2430}"
        ".frame{fill:#161b24}}</style>",
        '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0L8 4L0 8z" fill="#9aa4b5"/></marker></defs>',
        _pill(middle, _PAD, "start"),
    ]
    top = _PAD + 28 + _GAP
    parts += [_line(middle, top - _GAP, top), *_row(stages, middle, top)]
    bottom = top + inner.height
    parts += [_line(middle, bottom, bottom + _GAP), _pill(middle, bottom + _GAP, "end"), "</svg>"]
    return "\n".join(parts) + "\n"


def _row_size(stages: Sequence[StageShape]) -> _Size:
    sizes = [_size(stage) for stage in stages]
    if not sizes:
        return _Size(_LEAST_WIDTH / 2, _GAP)
    return _Size(max(size.width for size in sizes), sum(size.height for size in sizes) + _GAP * (len(sizes) - 1))


def _size(stage: StageShape) -> _Size:
    title = max(_LEAST_WIDTH, _LETTER * max(len(stage.name), len(stage.kind)) + 34)
    if not stage.ways:
        return _Size(title, _BOX_HEIGHT)
    ways = [_way_size(way) for way in stage.ways]
    width = sum(way.width for way in ways) + _PAD * (len(ways) + 1)
    return _Size(max(title, width), _BOX_HEIGHT + max(way.height for way in ways) + _PAD)


def _way_size(way: Way) -> _Size:
    inner = _row_size(way.stages)
    return _Size(max(inner.width, _LETTER * 0.85 * len(_short(way.label))), inner.height + _LABEL)


def _row(stages: Sequence[StageShape], middle: float, top: float) -> list[str]:
    parts: list[str] = []
    for number, stage in enumerate(stages):
        if number:
            parts.append(_line(middle, top, top + _GAP))
            top += _GAP
        parts += _stage(stage, middle, top)
        top += _size(stage).height
    return parts


def _stage(stage: StageShape, middle: float, top: float) -> list[str]:
    size = _size(stage)
    left = middle - size.width / 2
    colour = _COLOURS.get(stage.kind, "#5b6678")
    shape = "frame" if stage.ways else "box"
    parts = [
        f'<rect class="{shape}" x="{left:.1f}" y="{top:.1f}" width="{size.width:.1f}" '
        f'height="{size.height:.1f}" rx="7"/>',
        f'<rect x="{left:.1f}" y="{top:.1f}" width="5" height="{_BOX_HEIGHT}" rx="2" fill="{colour}"/>',
        f'<text x="{left + 16:.1f}" y="{top + 20:.1f}">{escape(stage.name)}</text>',
        f'<text class="kind" x="{left + 16:.1f}" y="{top + 36:.1f}">{escape(stage.kind)}</text>',
    ]
    taken = sum(_way_size(way).width for way in stage.ways) + _PAD * max(len(stage.ways) - 1, 0)
    at = middle - taken / 2
    for way in stage.ways:
        way_size = _way_size(way)
        centre = at + way_size.width / 2
        parts.append(
            f'<text class="label" x="{centre:.1f}" y="{top + _BOX_HEIGHT + 10:.1f}" text-anchor="middle">'
            f"{escape(_short(way.label))}</text>"
        )
        parts += _row(way.stages, centre, top + _BOX_HEIGHT + _LABEL)
        at += way_size.width + _PAD
    return parts


def _line(x: float, top: float, bottom: float) -> str:
    return f'<path class="line" d="M{x:.1f} {top:.1f}V{bottom - 1:.1f}"/>'


def _pill(middle: float, top: float, text: str) -> str:
    return (
        f'<rect class="box" x="{middle - 36:.1f}" y="{top:.1f}" width="72" height="28" rx="14"/>'
        f'<text x="{middle:.1f}" y="{top + 19:.1f}" text-anchor="middle">{text}</text>'
    )


def _short(label: str) -> str:
    return label if len(label) <= 34 else f"{label[:33]}…"

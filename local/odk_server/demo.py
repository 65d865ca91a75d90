"""A household survey, made up from a seed: a photo, its members in a repeat, their illnesses in a repeat within it."""

import random
import struct
import uuid
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

from .data import CentralData, Clock, machine_clock
from .form import BINARY, REPEAT, STRUCTURE, Field, Form

HOUSEHOLD = Form(
    id="household",
    version="2026010101",
    fields=(
        Field("/meta", STRUCTURE),
        Field("/meta/instanceID"),
        Field("/meta/instanceName"),
        Field("/visited_on", "date"),
        Field("/district"),
        Field("/location", "geopoint"),
        Field("/house", STRUCTURE),
        Field("/house/roof"),
        Field("/house/rooms", "int"),
        Field("/photo", BINARY),
        Field("/members", REPEAT),
        Field("/members/name"),
        Field("/members/age", "int"),
        Field("/members/weight", "decimal"),
        Field("/members/illnesses", REPEAT),
        Field("/members/illnesses/illness"),
        Field("/members/illnesses/since", "date"),
    ),
)
FIRST_DAY = datetime(2026, 1, 5, 8, tzinfo=UTC)
_DISTRICTS = ("Kailahun", "Kenema", "Kono", "Port Loko", "Tonkolili")
_NAMES = ("Aminata", "Fatu", "Ibrahim", "Isatu", "Mariama", "Mohamed", "Osman", "Sia", "Tamba", "Yusuf")
_ILLNESSES = ("malaria", "measles", "typhoid", "asthma")
_ROOFS = ("thatch", "iron sheets", "tiles")
_EDITED, _DELETED, _NOT_UPLOADED = 0.1, 0.03, 0.05


def household_data(
    *, seed: int = 1, submissions: int = 120, days: int = 14, photos: float = 1.0, clock: Clock = machine_clock
) -> CentralData:
    """Return a server's data: visits over some days from the first on, a few of them edited or deleted.

    `photos` is the share of visits with a photo, 0 to 1; a few of these are never uploaded.
    """
    chance = random.Random(seed)  # noqa: S311 -- made up data that repeats
    data = CentralData([HOUSEHOLD], clock=clock)
    for number in range(submissions):
        at = FIRST_DAY + timedelta(days=number * days // submissions, seconds=chance.randrange(9 * 3600))
        at += timedelta(microseconds=chance.randrange(1_000_000))
        instance = f"uuid:{uuid.UUID(int=chance.getrandbits(128), version=4)}"
        values = household_values(chance, instance, at)
        if chance.random() >= photos:
            values["photo"] = None
        uploaded = values["photo"] and chance.random() >= _NOT_UPLOADED
        photo = {values["photo"]: picture(chance)} if uploaded else {}
        made = data.submit(HOUSEHOLD.id, values, instance=instance, at=at, attachments=photo)
        if chance.random() < _EDITED:
            changed = {**values, "house": {**values["house"], "rooms": values["house"]["rooms"] + 1}}
            data.edit(HOUSEHOLD.id, instance, changed, at=at + timedelta(days=1, minutes=7))
        if chance.random() < _DELETED:
            made.deleted = at + timedelta(days=2)
    return data


def household_values(chance: random.Random, instance: str, at: datetime) -> dict[str, Any]:
    """Return the answers of one visit."""
    latitude, longitude = round(7 + chance.random() * 2.9, 6), round(-13 + chance.random() * 2.5, 6)
    location = {"type": "Point", "coordinates": [longitude, latitude, 120], "properties": {"accuracy": 4.5}}
    name = chance.choice(_NAMES)
    return {
        "meta": {"instanceID": instance, "instanceName": f"Household of {name}"},
        "visited_on": at.date().isoformat(),
        "district": chance.choice(_DISTRICTS),
        "location": location if chance.random() < 0.9 else None,
        "house": {"roof": chance.choice(_ROOFS), "rooms": chance.randint(1, 6)},
        "photo": f"{int(at.timestamp() * 1000)}.png",
        "members": [_member(chance, at) for _ in range(chance.randint(0, 6))],
    }


def picture(chance: random.Random, side: int = 8) -> bytes:
    """Return a small picture (PNG) in one colour."""
    line = b"\0" + bytes(chance.randrange(256) for _ in range(3)) * side
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(line * side)),
        (b"IEND", b""),
    )
    parts = [
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _member(chance: random.Random, at: datetime) -> dict[str, Any]:
    age = chance.randint(0, 80)
    illnesses = chance.sample(_ILLNESSES, chance.choice((0, 0, 0, 1, 2)))
    return {
        "name": chance.choice(_NAMES),
        "age": age,
        "weight": round(min(3.2 + age * 3, 60) + chance.random() * 12, 1),
        "illnesses": [
            {"illness": each, "since": (at - timedelta(days=chance.randint(1, 900))).date().isoformat()}
            for each in illnesses
        ],
    }

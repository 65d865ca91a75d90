from __future__ import annotations
import hashlib, urllib.request
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.handlers.api.stage import Stage


def test_try(stage: Stage) -> None:
    stage.gateway._checked = False
    made = stage.register(partitioned_by=[], projections={})
    body=b"id,name,amount,year\n1,x,2.5,2021\n2,,3,2022\n"
    up = stage.request("writer", "POST", "/datasets/sales/uploads", {"name": "a.csv", "size": len(body), "sha256": [hashlib.sha256(body).hexdigest()]}).json
    print(up)
    part=up["parts"][0]
    r=urllib.request.urlopen(urllib.request.Request(part["url"], data=body, headers=part["headers"], method="PUT"))
    print(r.status, dict(r.headers))
    print(stage.request("writer", "POST", f"/datasets/sales/uploads/{up['id']}/complete", {}).json)
    print(stage.deliver(up["key"]))
    print(stage.request("writer", "GET", f"/datasets/sales/uploads/{up['id']}").json)
    print(stage.request("writer", "GET", f"/datasets/sales/preview").json)
    big=b"x"*(2**26)+b"yz"
    up = stage.request("writer", "POST", "/datasets/sales/uploads", {"name": "b.csv", "size": len(big), "sha256": [hashlib.sha256(big[:2**26]).hexdigest(),hashlib.sha256(b"yz").hexdigest()]}).json
    for part,b in zip(up["parts"],[big[:2**26],b"yz"]):
        r=urllib.request.urlopen(urllib.request.Request(part["url"], data=b, headers=part["headers"], method="PUT"))
        print(r.status, dict(r.headers))
        print(stage.request("writer", "POST", f"/datasets/sales/uploads/{up['id']}/complete", {}).json)
    print(stage.request("writer", "GET", f"/datasets/sales/uploads/{up['id']}").json)
    print(stage.deliver(up["key"]))
    print(stage.request("writer", "GET", f"/datasets/sales/uploads/{up['id']}").json)
    assert False

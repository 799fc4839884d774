#!/usr/bin/env python3
"""Writes the versions and the attributes of all standard operations to tests/golden/onnx/schemas.json.

    python tools/onnx_schemas.py        (needs onnx 1.23)
"""

import json
import os
from collections import defaultdict

from onnx import defs

TARGET = os.path.join(os.path.dirname(__file__), "..", "tests", "golden", "onnx", "schemas.json")

versions, attributes = defaultdict(set), defaultdict(set)
for schema in defs.get_all_schemas_with_history():
    if schema.domain == "":
        versions[schema.name].add(schema.since_version)
        attributes[schema.name].update(schema.attributes)
table = {name: [sorted(versions[name]), sorted(attributes[name])] for name in sorted(versions)}
with open(TARGET, "w") as file:
    file.write("{\n" + ",\n".join(f'"{name}": {json.dumps(row)}' for name, row in table.items()) + "\n}\n")

"""A program as many write it: plain `requests`, a batch posted as text, polled until it is done.

Usage: batch_with_requests.py BASE_URL KEY LINES. Prints the final batch and the output file's lines as one JSON object.
"""

import json
import sys
import time

import requests

base_url, key, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
lines = [
    {
        "custom_id": f"request_{index}",
        "method": "POST",
        "url": "/chat/completions",
        "body": {"model": "gpt-4.1", "messages": [{"role": "user", "content": f"질문 {index}"}], "max_tokens": 1000},
    }
    for index in range(count)
]
created = requests.post(
    f"{base_url}/batches",
    headers=headers,
    json={
        "input_file_content": "\n".join(json.dumps(line) for line in lines),
        "endpoint": "/v1/chat/completions",
        "completion_window": "24h",
        "metadata": {"description": "Batch job 배치"},
    },
    timeout=30,
)
created.raise_for_status()
batch = created.json()
while batch["status"] not in ("completed", "failed", "expired", "cancelled"):
    time.sleep(0.2)
    batch = requests.get(f"{base_url}/batches/{batch['id']}", headers=headers, timeout=30).json()
output = requests.get(f"{base_url}/files/{batch['output_file_id']}/content", headers=headers, timeout=30)
output.encoding = "utf-8"
print(json.dumps({"batch": batch, "output": [json.loads(line) for line in output.text.splitlines()]}))

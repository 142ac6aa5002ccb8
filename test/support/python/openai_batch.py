"""A batch from its file to its results with the official package: upload, create, poll, read, iterate, cancel, delete.

Usage: openai_batch.py BASE_URL KEY LINES. Prints what it saw as one JSON object.
"""

import json
import sys
import time

from openai import OpenAI

base_url, key, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
client = OpenAI(base_url=base_url, api_key=key, max_retries=0)


def upload(prompt, lines):
    requests = (
        {
            "custom_id": f"{prompt}-{index}",
            "method": "POST",
            "url": "/v1/chat/completions",
            "body": {"model": "gpt-4.1", "messages": [{"role": "user", "content": f"{prompt} {index}"}]},
        }
        for index in range(lines)
    )
    content = "\n".join(json.dumps(each) for each in requests).encode()
    return client.files.create(file=(f"{prompt}.jsonl", content), purpose="batch")


def create(file):
    return client.batches.create(input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h")


def ended(batch):
    while batch.status not in ("completed", "failed", "expired", "cancelled"):
        time.sleep(0.1)
        batch = client.batches.retrieve(batch.id)
    return batch


file = upload("python-batch", count)
batch = ended(create(file))
content = client.files.content(batch.output_file_id)
results = [json.loads(line) for line in content.iter_lines() if line]
cancelled = ended(client.batches.cancel(create(upload("python-cancel", 5)).id))
# Each page has one; the package asks for the next ones by itself.
batches = [each.id for each in client.batches.list(limit=1)]
files = [each.id for each in client.files.list(limit=1, purpose="batch")]
deleted = [client.files.delete(each).deleted for each in (file.id, batch.output_file_id)]
print(
    json.dumps(
        {
            "status": batch.status,
            "counts": batch.request_counts.model_dump(),
            "results": [[line["custom_id"], line["response"]["body"]["choices"][0]["message"]["content"]] for line in results],
            "cancelled": cancelled.status,
            "batches": batches[:2] == [cancelled.id, batch.id],
            "files": file.id in files,
            "deleted": deleted,
            "left": [each.id for each in client.files.list() if each.id in (file.id, batch.output_file_id)],
        }
    )
)

"""Pages of Zoom's list of users, made of the example records, the same at every run."""

import base64
import copy
import hashlib
import json


def page(example, size):
    """A page of as many users as fit into `size` bytes, at least one, written without white space as Zoom does."""
    users, records, length = example["users"], [], len(text({**example, "users": []}))
    while True:
        record = varied(users[len(records) % len(users)], len(records))
        length += len(text(record)) + 1
        if records and length > size:
            break
        records.append(record)
    return text({**example, "page_size": 300, "total_records": len(records), "users": records})


def varied(user, number):
    """The record as another person's: everything that tells people apart is new."""
    user = copy.deepcopy(user)
    digest = hashlib.sha256(f"user {number}".encode()).digest()
    user["id"] = base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")
    name, domain = user["email"].split("@")
    user["email"] = f"{name}.{number}@{domain}"
    user["pmi"] = 10**9 + int.from_bytes(digest[16:20], "big") % (9 * 10**9)
    user["employee_unique_id"] = f"LO-{20_000 + number}"
    user["phone_number"] = f"+1 555{number:07}"
    user["pic_url"] = f"https://lumen-orchard.zoom.us/p/v2/{user['id']}/portrait-of-LO-{20_000 + number}.jpg"
    user["host_key"] = f"{int.from_bytes(digest[20:23], 'big') % 10**6:06}"
    user["last_login_time"] = f"2026-11-{1 + number % 28:02}T{number % 24:02}:52:31Z"
    return user


def text(document):
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()

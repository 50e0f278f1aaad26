"""Use a template database in another process: ``template_client.py JOB STEP...``.

JOB has the arguments of TemplateDB as JSON. Each STEP prints one line of JSON. The log goes to standard error.

Steps: ``ensure``, ``ensure=PYTHON``, ``explain``, ``clone=DESTINATION``; ``value=TEXT`` changes the declared value;
``wait`` waits for a line on standard input; ``endless`` calls ensure() without output until the process is killed;
``uid=NUMBER`` changes the user.
"""

from __future__ import annotations

import json
import logging
import os
import sys

import ci_accel


def answer(template: ci_accel.TemplateDB, step: str, value: str) -> object:
    """Run one step, and return its answer."""
    if step in {"ensure", "explain"}:
        outcome = getattr(template, step)(python=value or None)
        database = template.database if step == "ensure" and outcome.reasons[-1] != "nothing was run" else None
        return {"status": outcome.status, "reasons": outcome.reasons, "digest": outcome.digest, "database": database}
    if step == "clone":
        return template.clone(value, replace=True)
    if step == "value":
        template.values = {"value": value}
    if step == "endless":
        logging.disable()
        while template.ensure():
            pass
    if step == "uid":
        os.setgroups([])
        os.setgid(int(value))
        os.setuid(int(value))
    return step


def main(job: str, *steps: str) -> None:
    """Run all steps."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    template = ci_accel.TemplateDB(**json.loads(job))
    for step in steps:
        name, _, value = step.partition("=")
        sys.stdout.write(json.dumps(answer(template, name, value)) + "\n")
        sys.stdout.flush()
        if name == "wait":
            sys.stdin.readline()


if __name__ == "__main__":
    main(*sys.argv[1:])

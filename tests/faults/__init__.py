"""Fault tests: processes that are killed, hang or fork, disks that are full, system calls that fail.

The names carry the number of the fault that they cover. `harness` kills processes at random, `syscalls` makes the
kernel answer with errors, `sample` is the project that all of it happens to.
"""

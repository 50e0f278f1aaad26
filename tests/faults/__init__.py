"""Fault tests: killed, hanging and forking processes, full disks, failing system calls.

Tests are named after the fault id in docs/faults.md. `crash_trials` kills processes at random. `system_calls` injects
errors and signals into system calls with strace. `sample_project` is the project under test.
"""

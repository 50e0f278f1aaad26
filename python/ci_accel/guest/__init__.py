"""Code that runs in the interpreters of builders and tests. It imports nothing of the rest of ci_accel.

It imports as little as possible: a module that it imports is not imported again by the program it runs in, which would
hide that import from the trace and change what the program finds in `sys.modules`. So `typing` is not imported, and
`TYPE_CHECKING` is a name of the module, which type checkers know as well. CPython 3.10 and later is supported.
"""

"""Run child processes: side by side or in the foreground, with signals and progress."""

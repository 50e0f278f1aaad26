"""What every part of the application speaks of: money, units, time, identifiers, and errors."""

"""The tests, one folder per room: app/x/y.py is tested by tests/x/test_y.py."""

"""What a person types on their own machine: `gradwalk watch script.py`, `gradwalk draw script.py`.

Their own script runs in a process of its own with all their rights and no limits; nothing here is for strangers.
"""

"""Nodes -> groups: modules, functions, lines and repeated blocks, from plain columns. NumPy; no torch, no I/O.

A group tree is made of a walk's wires and of where its nodes come from; no level of it shows more than some 40 boxes.
"""

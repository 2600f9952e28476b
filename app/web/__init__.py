"""The door: HTTP calls, streams, pages, and who may ask. Imports runs, draw and events; never torch."""

// Replaced by the command table; one line by design (top-level closures would be main-actor isolated).
